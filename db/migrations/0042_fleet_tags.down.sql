ALTER TABLE "fleet" DROP COLUMN "tags";
