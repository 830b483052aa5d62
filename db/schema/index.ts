export * from './api-keys';
export * from './audit';
export * from './certificates';
export * from './clones';
export * from './enrolment-tokens';
export * from './hosts';
export * from './tokens';
export * from './users';
