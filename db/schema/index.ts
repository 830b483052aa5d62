export * from './audit';
export * from './certificates';
export * from './hosts';
export * from './users';
