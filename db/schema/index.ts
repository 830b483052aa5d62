export * from './certificates';
export * from './enrolment-tokens';
export * from './hosts';
export * from './users';
