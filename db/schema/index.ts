export * from './certificates';
export * from './clones';
export * from './hosts';
export * from './users';
