/** Where a store made by `--init` keeps what the receiver itself needs; no device has such a name. */

const OWN_FOLDER = '.ferry'

export interface StoreLayout {
  readonly folder: string
  readonly caCertificate: string
  readonly caKey: string
  readonly serverCertificate: string
  readonly serverKey: string
  readonly keys: string
  /** `host:port` under which boards reach the receiver. */
  readonly address: string
}

/** Paths, whether they exist or not. */
export function storeLayout(store: string): StoreLayout {
  const folder = `${store}/${OWN_FOLDER}`
  return {
    folder,
    caCertificate: `${folder}/ca.pem`,
    caKey: `${folder}/ca.key`,
    serverCertificate: `${folder}/server.pem`,
    serverKey: `${folder}/server.key`,
    keys: `${folder}/keys`,
    address: `${folder}/address`,
  }
}
