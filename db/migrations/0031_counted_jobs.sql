ALTER TABLE "job" ADD COLUMN "done" integer;--> statement-breakpoint
ALTER TABLE "job" ADD COLUMN "refused" integer;--> statement-breakpoint
UPDATE "job" SET
	"done" = (SELECT count(*) FROM "job_host" WHERE "job_id" = "job"."id" AND "outcome" = 'done'),
	"refused" = (SELECT count(*) FROM "job_host" WHERE "job_id" = "job"."id" AND "outcome" <> 'done')
WHERE "ended_at" IS NOT NULL;
