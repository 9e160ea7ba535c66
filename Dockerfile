# The program with its explorer, in an image that holds nothing else:
#   docker build -t gerbang .
#   docker run --rm --network host gerbang demo
FROM rust:1.94-slim-trixie AS build
# Node.js and npm make the explorer; a fixed version of a Debian package is gone with its next security update.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends nodejs npm \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
ENV EXPLORER_BUILD=required
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/root/.npm \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --bin gerbang \
    && install -D -s target/release/gerbang /out/usr/local/bin/gerbang \
    && install -d -o 65532 -g 65532 /out/data

# C library, certificates and an unprivileged user; no shell, no package manager.
FROM gcr.io/distroless/cc-debian13:nonroot
COPY --from=build /out/usr/ /usr/
COPY --from=build --chown=65532:65532 /out/data /data
# The defaults name `data/...`, which is below this.
WORKDIR /
ENV GERBANG_SERVER__LISTEN=0.0.0.0:8080 GERBANG_LOG__FORMAT=json
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s CMD ["gerbang", "health"]
ENTRYPOINT ["gerbang"]
CMD ["serve"]
