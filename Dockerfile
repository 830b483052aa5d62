# Two images: `docker build --target server .` and `docker build --target agent .`; deploy/docker-compose.yml does both.
# e2e/operations/containers.spec.ts carries out each line of this file, without an engine.

FROM node:22-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
# No package has to run anything of its own to be installed.
RUN npm ci --ignore-scripts
COPY remix.config.js tsconfig.json vite.config.ts ./
COPY agent agent
COPY app app
COPY db db
COPY public public
COPY server server
COPY tools tools
COPY words words
RUN npm run build

FROM node:22-bookworm-slim AS packages
WORKDIR /opt/sysmanage
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts

FROM node:22-bookworm-slim AS agent
# One number for both images: the agent reads the token that the server's image has written.
RUN groupadd --gid 10001 sysmanage \
  && useradd --uid 10001 --gid sysmanage --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin sysmanage \
  && install --directory --owner=sysmanage --group=sysmanage --mode=0700 /etc/sysmanage-agent /enrolment
COPY --from=build /src/build/agent/sysmanage-agent.cjs /usr/lib/sysmanage-agent/
COPY --from=build /src/build/bill /usr/share/doc/sysmanage-agent
COPY LICENSE /usr/share/doc/sysmanage-agent/
USER sysmanage
VOLUME /etc/sysmanage-agent
ENTRYPOINT ["node", "/usr/lib/sysmanage-agent/sysmanage-agent.cjs", "--state-dir", "/etc/sysmanage-agent"]
CMD ["--service"]

FROM node:22-bookworm-slim AS server
RUN groupadd --gid 10001 sysmanage \
  && useradd --uid 10001 --gid sysmanage --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin sysmanage \
  && install --directory --owner=sysmanage --group=sysmanage --mode=0700 /var/lib/sysmanage /enrolment
WORKDIR /opt/sysmanage
COPY --from=packages /opt/sysmanage ./
COPY --from=build /src/build/app build/app
COPY --from=build /src/build/bill build/bill
COPY --from=build /src/build/server build/server
COPY --from=build /src/db/migrations db/migrations
COPY --from=build /src/public public
COPY LICENSE ./
# Nobody's machine is managed from within a container: agents are beside it. It is found by its name.
ENV SYSMANAGE_DATA_DIR=/var/lib/sysmanage SYSMANAGE_LOCAL_AGENT=false SYSMANAGE_DISCOVERY_ENABLED=false
# Health is asked on a listener of its own, which is not to be reached from outside.
ENV SYSMANAGE_OPS_PORT=9100
USER sysmanage
VOLUME /var/lib/sysmanage
EXPOSE 6443 7443
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "--eval", "fetch('http://127.0.0.1:9100/readyz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "build/server/sysmanage.js"]
CMD ["serve"]
