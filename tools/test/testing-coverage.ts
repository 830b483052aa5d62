// Set only now: a process that is told so at its start counts for itself, which vitest does already. Node hands it on
// to every process that this one starts (documentation of NODE_V8_COVERAGE).
process.env.NODE_V8_COVERAGE = process.env.COVERAGE_OF_PROCESSES;
