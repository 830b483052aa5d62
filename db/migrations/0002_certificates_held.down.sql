DROP INDEX "certificate_held";
