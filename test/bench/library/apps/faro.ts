export { getWebInstrumentations, initializeFaro } from "@grafana/faro-web-sdk";
