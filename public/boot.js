// Boot check, loaded beside the app's entry and independent of it. When the page shows no app after ten seconds, it
// removes what may be broken (the service worker and the app's caches, never the user's data), reloads once, and then
// offers a manual reload and an export of the chats. Old syntax: it also runs where the app's scripts do not parse.
(function () {
  'use strict';
  var WAIT_MS = 10000;
  var TEXTS = {
    en: {
      title: 'The app did not start',
      body: 'Your chats and models are still stored in this browser. Reload, or come back later: the host may be offline or in the middle of an update. Very old browsers cannot run this app.',
      again: 'Reload',
      save: 'Export my chats',
      saved: 'Saved as a file. “Import chats” in the settings reads it.',
      none: 'No chats are stored here, or the browser refuses to read them.',
    },
    zh: {
      title: '应用没有启动',
      body: '您的对话和模型仍保存在此浏览器中。请重新加载，或稍后再来：网站可能离线，或正在更新。过旧的浏览器无法运行本应用。',
      again: '重新加载',
      save: '导出我的对话',
      saved: '已保存为文件，可用设置中的“导入对话”读取。',
      none: '这里没有保存对话，或浏览器拒绝读取。',
    },
  };
  var text = TEXTS[/^zh/i.test(navigator.language || '') ? 'zh' : 'en'];
  var failures = [];
  var help = null;
  var healing = false;

  function root() {
    return document.getElementById('root');
  }
  function started() {
    var element = root();
    return !!element && element.childElementCount > 0;
  }
  function entry() {
    var script = document.querySelector('script[type=module]');
    return (script && script.src) || 'none';
  }
  /** The mark of the one automatic reload; history.state survives it and needs no storage. */
  function mark(value) {
    var state = history.state && typeof history.state === 'object' ? history.state : {};
    history.replaceState(Object.assign({}, state, { glmBoot: value }), '');
  }
  function marked() {
    return !!history.state && history.state.glmBoot === entry();
  }

  /** The app's own address from the network: a service worker does not know it with this query. */
  function hostAnswers() {
    return fetch(new URL('./?boot', document.baseURI).href, { cache: 'no-store' }).then(
      function (response) {
        return response.ok;
      },
      function () {
        return false;
      },
    );
  }

  function removeWorker() {
    if (!navigator.serviceWorker) return Promise.resolve();
    return navigator.serviceWorker.getRegistration(document.baseURI).then(function (registration) {
      return registration && registration.unregister();
    });
  }

  function removeCaches() {
    if (!self.caches) return Promise.resolve();
    var prefix = 'glm-app ' + new URL('./', document.baseURI).href + ' ';
    return caches.keys().then(function (names) {
      return Promise.all(
        names
          .filter(function (name) {
            return name.indexOf(prefix) === 0;
          })
          .map(function (name) {
            return caches.delete(name);
          }),
      );
    });
  }

  /** A wrong answer for a script may be in the HTTP cache, which a reload does not ask again. */
  function refreshScripts() {
    var scripts = document.querySelectorAll('script[src], link[rel=modulepreload], link[rel=stylesheet]');
    return Promise.all(
      [].map.call(scripts, function (element) {
        return fetch(element.src || element.href, { cache: 'reload' }).catch(function () {});
      }),
    );
  }

  function heal() {
    if (healing || help || started()) return;
    healing = true;
    if (marked()) return showHelp();
    hostAnswers()
      .then(function (answers) {
        if (!answers) return showHelp();
        return removeWorker()
          .then(removeCaches)
          .then(refreshScripts)
          .then(function () {
            if (started()) return;
            mark(entry());
            location.reload();
          });
      })
      .catch(showHelp);
  }

  function element(name, content, parent) {
    var made = document.createElement(name);
    made.textContent = content;
    parent.appendChild(made);
    return made;
  }
  function button(content, parent, run) {
    var made = element('button', content, parent);
    made.type = 'button';
    made.className = 'button';
    made.style.margin = '8px 8px 8px 0';
    made.onclick = run;
    return made;
  }

  function showHelp() {
    if (help || started()) return;
    help = document.createElement('main');
    help.setAttribute('role', 'alert');
    // Over everything: #root is as high as the window, and the page does not scroll.
    help.style.cssText =
      'position:fixed;inset:0;overflow:auto;padding:15vh max(24px,calc(50vw - 20rem));background:Canvas;color:CanvasText;font:1rem/1.5 system-ui,sans-serif';
    element('h1', text.title, help);
    element('p', text.body, help);
    button(text.again, help, function () {
      location.reload();
    });
    button(text.save, help, function () {
      self.glmRescue().then(
        function (count) {
          note.textContent = count > 0 ? text.saved : text.none;
        },
        function () {
          note.textContent = text.none;
        },
      );
    });
    var note = element('p', '', help);
    note.setAttribute('role', 'status');
    if (failures.length > 0) element('p', failures.join(' · '), help).style.opacity = '0.7';
    document.body.appendChild(help);
  }

  function base64(blob) {
    return blob.arrayBuffer().then(function (buffer) {
      var bytes = new Uint8Array(buffer);
      var text = '';
      for (var at = 0; at < bytes.length; at += 0x8000) {
        text += String.fromCharCode.apply(null, bytes.subarray(at, at + 0x8000));
      }
      return btoa(text);
    });
  }
  /** A stored value in JSON: the bytes of files beside their type, as in an export of the app. */
  function plain(value) {
    if (Array.isArray(value)) return Promise.all(value.map(plain));
    if (!value || typeof value !== 'object') return Promise.resolve(value);
    var blob = value.blob instanceof Blob ? value.blob : null;
    var keys = Object.keys(value).filter(function (key) {
      return !blob || key !== 'blob';
    });
    return Promise.all(
      keys.map(function (key) {
        return plain(value[key]);
      }),
    ).then(function (values) {
      var copy = blob ? { mediaType: blob.type } : {};
      keys.forEach(function (key, index) {
        copy[key] = values[index];
      });
      if (!blob) return copy;
      return base64(blob).then(function (bytes) {
        copy.base64 = bytes;
        return copy;
      });
    });
  }
  function all(store) {
    return new Promise(function (resolve, reject) {
      var request = store.getAll();
      request.onsuccess = function () {
        resolve(request.result);
      };
      request.onerror = function () {
        reject(request.error);
      };
    });
  }
  function openChats() {
    return new Promise(function (resolve, reject) {
      var request = indexedDB.open('glm-chats');
      request.onupgradeneeded = function () {
        request.transaction.abort(); // there is no such database
      };
      request.onsuccess = function () {
        resolve(request.result);
      };
      request.onerror = function () {
        reject(request.error);
      };
    });
  }

  /** The stored chats as an export of the app, read without any of its code. Resolves with it and the number of chats. */
  function readChats() {
    return openChats().then(function (database) {
      var transaction = database.transaction(['rows', 'messages']);
      return Promise.all([
        all(transaction.objectStore('rows')),
        all(transaction.objectStore('messages')),
      ]).then(function (stored) {
        var version = database.version;
        database.close();
        return plain(stored).then(function (values) {
          var rows = values[0];
          var known = {};
          rows.forEach(function (row) {
            known[row.id] = true;
          });
          values[1].forEach(function (message) {
            if (known[message.chatId]) return;
            known[message.chatId] = true; // its row was lost: the words are exported under a new one
            var now = Date.now();
            rows.push({ id: message.chatId, title: '', titleBy: 'start', createdAt: now, updatedAt: now });
          });
          var chats = rows.map(function (row) {
            var messages = values[1].filter(function (message) {
              return message.chatId === row.id;
            });
            messages.forEach(function (message) {
              delete message.chatId;
            });
            var defaults = { pinned: false, systemPrompt: '', chosen: {} };
            return Object.assign(defaults, row, { messages: messages });
          });
          var head = { format: 'glm-in-a-tab/chats', version: version, exportedAt: new Date().toISOString() };
          return { count: chats.length, json: JSON.stringify(Object.assign(head, { chats: chats })) };
        });
      });
    });
  }

  /** Saves the stored chats as a file. Resolves with their number. */
  self.glmRescue = function () {
    return readChats().then(function (found) {
      if (found.count === 0) return 0;
      var link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob([found.json], { type: 'application/json' }));
      link.download = 'glm-chats-' + new Date().toISOString().slice(0, 10) + '.json';
      link.click();
      return found.count;
    });
  };

  addEventListener(
    'error',
    function (event) {
      if (started() || failures.length > 2) return;
      var source = event.target && (event.target.src || event.target.href);
      failures.push(source || event.message || 'error');
    },
    true,
  );
  addEventListener('unhandledrejection', function (event) {
    if (!started() && failures.length <= 2) failures.push(String(event.reason));
  });

  /**
   * On a slow line, scripts may still be on their way: the wait begins when they are there. Behind a service worker they
   * come from the disk, so there it only doubles, for slow computers.
   */
  function check() {
    if (started()) return;
    var loading = document.readyState !== 'complete' && failures.length === 0;
    if (loading && !(navigator.serviceWorker && navigator.serviceWorker.controller)) {
      addEventListener('load', function () {
        setTimeout(check, WAIT_MS);
      });
    } else if (loading) setTimeout(heal, WAIT_MS);
    else heal();
  }
  setTimeout(check, WAIT_MS);

  // The app started: it may have been late, and a later failure may reload again.
  var observer = new MutationObserver(function () {
    if (!started()) return;
    if (help) help.remove();
    help = null;
    if (history.state && history.state.glmBoot) mark(undefined);
  });
  if (root()) observer.observe(root(), { childList: true });
  else
    document.addEventListener('DOMContentLoaded', function () {
      if (root()) observer.observe(root(), { childList: true });
    });
})();
