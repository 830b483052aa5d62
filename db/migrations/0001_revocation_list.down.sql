DROP INDEX "certificate_revoked";--> statement-breakpoint
ALTER TABLE "certificate" DROP COLUMN "revocation_reason";--> statement-breakpoint
DROP TABLE "revocation_list";
