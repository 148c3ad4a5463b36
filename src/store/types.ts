// The data of the three houses, for the page: plain and serialisable.
export type * from './answerSettings';
export type * from './chats/types';
export type * from './models/types';
export type * from './page/types';
