// Where a sign-in ends: hands the code to the tab that began it. This page has no opener (COOP), so it broadcasts. Only pages
// of this origin hear it, and only the tab that knows the state uses it.
(() => {
  const query = new URLSearchParams(location.search);
  history.replaceState(null, '', location.pathname);
  const channel = new BroadcastChannel('glm-sign-in');
  channel.postMessage({
    state: query.get('state'),
    code: query.get('code'),
    iss: query.get('iss'),
    error: query.get('error_description') || query.get('error') || undefined,
  });
  setTimeout(() => {
    channel.close();
    window.close();
  }, 300);
})();
