# One image for every part of the service: `headwater serve` by default, `worker` and `migrate` by command.
# It runs with a read-only root, as a user who owns nothing but /data.

FROM python:3.12.12-slim-bookworm AS builder

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore

WORKDIR /build
COPY requirements/app.lock requirements/

# Every package in the version and with the digest of the lock; wheels only, so no compiler is needed.
RUN python -m venv --without-pip /opt/headwater \
    && python -m pip --python /opt/headwater/bin/python install \
        --require-hashes --only-binary :all: -r requirements/app.lock

COPY pyproject.toml README.md LICENSE ./
COPY alembic alembic
COPY db db
COPY graph graph
COPY jobs jobs

# What only building needs leaves again; the service never builds anything.
RUN /opt/headwater/bin/python -m hatchling build -t wheel -d dist \
    && python -m pip --python /opt/headwater/bin/python install --no-deps --no-index dist/*.whl \
    && python -m pip --python /opt/headwater/bin/python uninstall --yes \
        editables hatchling pathspec pluggy trove-classifiers uv


FROM python:3.12.12-slim-bookworm

LABEL org.opencontainers.image.title="Headwater" \
      org.opencontainers.image.description="Tells you where every number and every answer came from." \
      org.opencontainers.image.licenses="Apache-2.0"

RUN groupadd --gid 10001 headwater \
    && useradd --uid 10001 --gid headwater --no-create-home --home-dir /data --shell /usr/sbin/nologin headwater \
    && install -d -o headwater -g headwater -m 0750 /data

COPY --from=builder /opt/headwater /opt/headwater

ENV PATH=/opt/headwater/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HEADWATER_ENVIRONMENT=production \
    HEADWATER_HOST=0.0.0.0 \
    HEADWATER_PORT=8000 \
    HEADWATER_DATA_DIR=/data

WORKDIR /data
USER 10001:10001
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM

# Of the API; a worker's is in docker-compose.yml.
HEALTHCHECK --interval=15s --timeout=10s --start-period=60s --retries=3 \
    CMD ["python", "-m", "graph.alive", "api"]

ENTRYPOINT ["headwater"]
CMD ["serve"]
