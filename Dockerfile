# A relay. Build it from the installed package, or from this repository once it is built:
#   docker build --tag sourcesync-relay node_modules/sourcesync

FROM node:22 AS build
WORKDIR /app
COPY package.json ./
# The package is built already. Of its dependencies one is compiled, where no built one can be fetched.
RUN npm install --omit=dev --ignore-scripts --no-audit --no-fund && npm rebuild better-sqlite3
COPY bin ./bin
COPY dist ./dist
COPY manifests ./manifests
COPY schemas ./schemas

FROM node:22-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app ./
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 7342
# The numbers of the relay are served inside alone, and in the clear: so they tell how it is whether it speaks TLS or not.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["node", "-e", "fetch('http://127.0.0.1:9342/metrics').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "bin/sourcesync.js", "relay", "serve", "--listen", "0.0.0.0:7342", "--metrics", "127.0.0.1:9342", "--data", "/data"]
