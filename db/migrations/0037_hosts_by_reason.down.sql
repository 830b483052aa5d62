DROP INDEX "host_by_reason";
