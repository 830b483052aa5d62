DROP TABLE "host_count";
