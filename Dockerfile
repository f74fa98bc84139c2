# The base images are arguments: any Debian-like image with a Rust toolchain builds, any image with glibc runs.
ARG BUILD_IMAGE=rust:1.95-bookworm
ARG RUNTIME_IMAGE=debian:bookworm-slim

FROM ${BUILD_IMAGE} AS build
WORKDIR /src
COPY Cargo.toml Cargo.lock build.rs ./
COPY src src
COPY templates templates
COPY fixtures fixtures
# `[[test]]` and `[[bench]]` targets are named in Cargo.toml: their folders must be there, unused.
COPY tests tests
COPY benches benches
# OpenSSL and zlib are built in, so that the runtime image needs glibc and libgcc alone.
RUN cargo build --release --locked --features vendored-openssl

FROM ${RUNTIME_IMAGE}
COPY --from=build /src/target/release/deploy-manager /usr/local/bin/deploy-manager
# Git over https and webhooks trust these; copied, since a slim image may have none and no package manager is run here.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
# Neither a shell nor a home is needed: the root may be read-only, the Git cache is a volume.
ENV DEPLOY_MANAGER_CACHE_DIR=/var/cache/deploy-manager/git
VOLUME ["/var/cache/deploy-manager"]
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["/usr/local/bin/deploy-manager"]
CMD ["run"]
