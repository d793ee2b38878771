/** The files of packaging/init are carried as text. */
declare module '*.service' {
  const text: string
  export = text
}
declare module '*.sysv' {
  const text: string
  export = text
}
declare module '*.openrc' {
  const text: string
  export = text
}
declare module '*.procd' {
  const text: string
  export = text
}
