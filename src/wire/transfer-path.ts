/** The method's path on the wire. */
export const TRANSFER_PATH = '/ferry.transfer.v1.TransferService/Transfer'
