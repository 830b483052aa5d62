ALTER TABLE "host_presence" DROP COLUMN "address";
