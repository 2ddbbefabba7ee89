# The shop as one program that holds its site, in an image without a shell's worth of anything else.
#
#     docker build --tag once .
#     docker run --publish 3000:3000 --volume once:/var/lib/once once

ARG RUST=1.95.0

FROM docker.io/library/rust:${RUST}-bookworm AS tools
RUN rustup target add wasm32-unknown-unknown
RUN cargo install cargo-chef --version 0.1.78 --locked \
    && cargo install cargo-leptos --version 0.3.10 --locked --features no_downloads
# As the lock file has it: another version fails late.
COPY Cargo.lock /tmp/
RUN cargo install wasm-bindgen-cli --bin wasm-bindgen \
      --version "$(awk '$3 == "\"wasm-bindgen\"" { getline; gsub(/"/, "", $3); print $3; exit }' /tmp/Cargo.lock)"
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends npm \
    && rm -rf /var/lib/apt/lists/* \
    && npm install --global --ignore-scripts binaryen@132.0.0
WORKDIR /src

# What has to be built again only when a dependency changed.
FROM tools AS plan
COPY . .
RUN cargo chef prepare --recipe-path recipe.json

FROM tools AS build
COPY --from=plan /src/recipe.json recipe.json
RUN cargo chef cook --release --package server --features server/embed-site --recipe-path recipe.json
COPY . .
RUN cargo leptos build --release --bin-features embed-site

FROM docker.io/library/debian:bookworm-slim
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin once \
    && install --directory --owner once --group once --mode 0700 /var/lib/once
COPY --from=build /src/target/release/once /usr/local/bin/once
# The file is where the secret is kept, and not the secret.
# hadolint ignore=DL3064
ENV LEPTOS_SITE_ADDR=0.0.0.0:3000 \
    DATABASE_URL=sqlite:///var/lib/once/once.db \
    ONCE_SECRET_FILE=/var/lib/once/secret
WORKDIR /var/lib/once
VOLUME ["/var/lib/once"]
EXPOSE 3000
USER 10001
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["once", "health"]
# Running orders are finished first, for up to 40 s.
STOPSIGNAL SIGTERM
ENTRYPOINT ["once"]
CMD ["serve"]
