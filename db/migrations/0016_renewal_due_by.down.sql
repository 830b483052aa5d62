ALTER TABLE "host" DROP COLUMN "renewal_due_by";
