"""The few small scripts that run in the browser, as Streamlit components."""
