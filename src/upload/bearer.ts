/** What a call says who it is by. */

export interface Bearer {
  /** For the authorization header; '' where none is needed. Fails with `Transient`. */
  token(): Promise<string>
  /** The other end did not accept this token. False where asking for another is no use. */
  refused(token: string): boolean
}

/** A key that is its own token; read anew each time. Fails as `readKey` does. */
export const createKeyBearer = (readKey: () => string): Bearer => ({
  token: async () => readKey(),
  refused: () => false,
})
