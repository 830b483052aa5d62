DROP TABLE "audit_record";--> statement-breakpoint
DROP TABLE "audit_pending";--> statement-breakpoint
DROP FUNCTION "audit_refuse_change"();--> statement-breakpoint
DROP FUNCTION "audit_refuse_gap"();
