# syntax=docker/dockerfile:1
# Build the wheel and an environment, then keep only the environment.
FROM python:3.13-slim AS build
RUN pip install --no-cache-dir uv
WORKDIR /src
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PROJECT_ENVIRONMENT=/opt/infoshop
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev --no-install-project
COPY LICENSE README.md ./
COPY bot bot
COPY seeds seeds
RUN uv sync --frozen --no-dev --no-editable

FROM python:3.13-slim
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/infoshop infoshop
COPY --from=build /opt/infoshop /opt/infoshop
ENV PATH=/opt/infoshop/bin:$PATH INFOSHOP_DATA_DIR=/var/lib/infoshop PYTHONUNBUFFERED=1
USER infoshop
VOLUME /var/lib/infoshop
# Healthy means: the database opens, its schema is ours and it holds a corpus.
HEALTHCHECK --interval=60s --timeout=10s --start-period=30s CMD ["infoshop", "db", "info", "--check"]
ENTRYPOINT ["infoshop"]
CMD ["run"]
