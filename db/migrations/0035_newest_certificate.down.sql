DROP INDEX "certificate_newest";
