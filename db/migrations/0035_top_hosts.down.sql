DROP TABLE "top_host";
