ALTER TABLE "host" DROP COLUMN "notes";--> statement-breakpoint
DROP TABLE "spent_token";--> statement-breakpoint
DROP TABLE "token_chain";--> statement-breakpoint
DROP TABLE "api_key";
