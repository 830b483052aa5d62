CREATE TABLE "host_count" (
	"at" timestamp with time zone PRIMARY KEY NOT NULL,
	"began" timestamp with time zone NOT NULL,
	"until" timestamp with time zone NOT NULL,
	"up" integer NOT NULL,
	"down" integer NOT NULL,
	"warning" integer NOT NULL,
	"critical" integer NOT NULL
);
