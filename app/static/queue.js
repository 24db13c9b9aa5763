// Watches the questions' way to the service, for whoever tells the reader; from the start, before Gradio sends any.
const planqaQueue = (() => {
  const plainFetch = window.fetch;
  let tell = null;
  let early = null; // what failed before anybody could tell

  // The response that refuses; null where there was none.
  function refused(response) {
    if (tell) tell(response);
    else early = { response };
  }

  window.fetch = async (...asked) => {
    const queue = /\/gradio_api\/queue\/(join|data)/.test(asked[0]?.url ?? String(asked[0]));
    try {
      const response = await plainFetch(...asked);
      if (queue && !response.ok) refused(response);
      return response;
    } catch (error) {
      if (queue && error.name !== "AbortError") refused(null);
      throw error;
    }
  };

  function whenRefused(told) {
    tell = told;
    if (early) tell(early.response);
  }

  return { whenRefused };
})();
