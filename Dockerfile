# PlanQA with the encoder and the index of the seed plans built in: docker build -t planqa .
#
# PIP_ARGS goes to pip. Without it pip takes torch as the default index has it, which on x86-64 Linux is a
# CUDA build of several GB; name an index that has CPU builds: --build-arg PIP_ARGS="--extra-index-url ...".

FROM python:3.11-slim-bookworm AS builder
ARG PIP_ARGS=""
ENV PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PLANQA_CACHE=/var/lib/planqa/cache \
    PLANQA_INDEX=/var/lib/planqa/index \
    PATH=/venv/bin:$PATH
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
WORKDIR /src
RUN python -m venv /venv
# The packages first, so that a change of the source does not install them again. The lock only
# constrains: it holds the developers' tools too, which the image does without.
COPY pyproject.toml requirements.lock ./
RUN python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" \
      > /tmp/direct.txt \
 && pip install ${PIP_ARGS} --constraint requirements.lock --requirement /tmp/direct.txt
COPY . .
# setuptools came with torch, at the locked version.
RUN pip install --no-deps --no-build-isolation .
# Run outside the sources, so that it is the installed package that is used.
WORKDIR /
RUN planqa setup && planqa index build

FROM python:3.11-slim-bookworm
# A fixed number, so that a mounted volume can be given to it by number.
RUN groupadd --gid 10001 planqa \
 && useradd --uid 10001 --gid planqa --create-home --shell /usr/sbin/nologin planqa
COPY --from=builder /venv /venv
# Its own, because adding a plan writes to the index; mount a volume on /var/lib/planqa/index to keep such plans.
COPY --from=builder --chown=planqa:planqa /var/lib/planqa /var/lib/planqa
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PLANQA_CACHE=/var/lib/planqa/cache \
    PLANQA_INDEX=/var/lib/planqa/index
# By number, so that a host can tell that it is not root.
USER 10001:10001
WORKDIR /home/planqa
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:7860/healthz', timeout=4)"]
CMD ["planqa", "serve", "--host", "0.0.0.0", "--port", "7860"]
