DROP TABLE "job_host";--> statement-breakpoint
DROP TABLE "job";
