/** About reading speed; a slower prediction gets the reason 'slow'. */
export const COMFORTABLE_TOKENS_PER_SECOND = 5;
