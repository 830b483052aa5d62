export * from './api-keys';
export * from './certificates';
export * from './hosts';
export * from './tokens';
export * from './users';
