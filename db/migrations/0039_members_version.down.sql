DROP TABLE "fleet_members_version";
