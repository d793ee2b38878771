import * as $protobuf from "protobufjs";
import Long = require("long");

/** Namespace ferry. */
export namespace ferry {

    /** Namespace transfer. */
    namespace transfer {

        /** Namespace v1. */
        namespace v1 {

            /**
             * Properties of an Uplink.
             * @deprecated Use ferry.transfer.v1.Uplink.$Properties instead.
             */
            interface IUplink extends ferry.transfer.v1.Uplink.$Properties {
            }

            /** Represents an Uplink. */
            class Uplink {

                /**
                 * Constructs a new Uplink.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: ferry.transfer.v1.Uplink.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Uplink frames. */
                frames: ferry.transfer.v1.AgentFrame.$Properties[];

                /**
                 * Encodes the specified Uplink message. Does not implicitly {@link ferry.transfer.v1.Uplink.verify|verify} messages.
                 * @param message Uplink message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: ferry.transfer.v1.Uplink.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an Uplink message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {ferry.transfer.v1.Uplink & ferry.transfer.v1.Uplink.$Shape} Uplink
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ferry.transfer.v1.Uplink & ferry.transfer.v1.Uplink.$Shape;

                /**
                 * Gets the type url for Uplink
                 * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                 * @returns The type url
                 */
                static getTypeUrl(prefix?: string): string;
            }

            namespace Uplink {

                /** Properties of an Uplink. */
                interface $Properties {

                    /** Uplink frames */
                    frames?: (ferry.transfer.v1.AgentFrame.$Properties[]|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of an Uplink. */
                type $Shape = {
                  frames?: ferry.transfer.v1.AgentFrame.$Shape[]|null;
                  $unknowns?: Uint8Array[];
                };
            }

            /**
             * Properties of an AgentFrame.
             * @deprecated Use ferry.transfer.v1.AgentFrame.$Properties instead.
             */
            interface IAgentFrame extends ferry.transfer.v1.AgentFrame.$Properties {
            }

            /** Represents an AgentFrame. */
            class AgentFrame {

                /**
                 * Constructs a new AgentFrame.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: ferry.transfer.v1.AgentFrame.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** AgentFrame channel. */
                channel: number;

                /** AgentFrame hello. */
                hello?: (ferry.transfer.v1.Hello.$Properties|null);

                /** AgentFrame open. */
                open?: (ferry.transfer.v1.Open.$Properties|null);

                /** AgentFrame data. */
                data?: (ferry.transfer.v1.Data.$Properties|null);

                /** AgentFrame finish. */
                finish?: (ferry.transfer.v1.Finish.$Properties|null);

                /** AgentFrame cancel. */
                cancel?: (ferry.transfer.v1.Cancel.$Properties|null);

                /** AgentFrame body. */
                body?: ("hello"|"open"|"data"|"finish"|"cancel");

                /**
                 * Encodes the specified AgentFrame message. Does not implicitly {@link ferry.transfer.v1.AgentFrame.verify|verify} messages.
                 * @param message AgentFrame message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: ferry.transfer.v1.AgentFrame.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an AgentFrame message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {ferry.transfer.v1.AgentFrame & ferry.transfer.v1.AgentFrame.$Shape} AgentFrame
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ferry.transfer.v1.AgentFrame & ferry.transfer.v1.AgentFrame.$Shape;

                /**
                 * Gets the type url for AgentFrame
                 * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                 * @returns The type url
                 */
                static getTypeUrl(prefix?: string): string;
            }

            namespace AgentFrame {

                /** Properties of an AgentFrame. */
                interface $Properties {

                    /** AgentFrame channel */
                    channel?: (number|null);

                    /** AgentFrame hello */
                    hello?: (ferry.transfer.v1.Hello.$Properties|null);

                    /** AgentFrame open */
                    open?: (ferry.transfer.v1.Open.$Properties|null);

                    /** AgentFrame data */
                    data?: (ferry.transfer.v1.Data.$Properties|null);

                    /** AgentFrame finish */
                    finish?: (ferry.transfer.v1.Finish.$Properties|null);

                    /** AgentFrame cancel */
                    cancel?: (ferry.transfer.v1.Cancel.$Properties|null);

                    /** AgentFrame body */
                    body?: ("hello"|"open"|"data"|"finish"|"cancel");

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Narrowed shape of an AgentFrame. */
                type $Shape = {
                  channel?: number|null;
                  hello?: ferry.transfer.v1.Hello.$Shape|null;
                  open?: ferry.transfer.v1.Open.$Shape|null;
                  data?: ferry.transfer.v1.Data.$Shape|null;
                  finish?: ferry.transfer.v1.Finish.$Shape|null;
                  cancel?: ferry.transfer.v1.Cancel.$Shape|null;
                  $unknowns?: Uint8Array[];
                } & (
                  ({ body?: undefined; hello?: null; open?: null; data?: null; finish?: null; cancel?: null }|{ body?: "hello"; hello: ferry.transfer.v1.Hello.$Shape; open?: null; data?: null; finish?: null; cancel?: null }|{ body?: "open"; hello?: null; open: ferry.transfer.v1.Open.$Shape; data?: null; finish?: null; cancel?: null }|{ body?: "data"; hello?: null; open?: null; data: ferry.transfer.v1.Data.$Shape; finish?: null; cancel?: null }|{ body?: "finish"; hello?: null; open?: null; data?: null; finish: ferry.transfer.v1.Finish.$Shape; cancel?: null }|{ body?: "cancel"; hello?: null; open?: null; data?: null; finish?: null; cancel: ferry.transfer.v1.Cancel.$Shape })
                );
            }

            /**
             * Properties of a Hello.
             * @deprecated Use ferry.transfer.v1.Hello.$Properties instead.
             */
            interface IHello extends ferry.transfer.v1.Hello.$Properties {
            }

            /** Represents a Hello. */
            class Hello {

                /**
                 * Constructs a new Hello.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: ferry.transfer.v1.Hello.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Hello software. */
                software: string;

                /** Hello machineId. */
                machineId: string;

                /**
                 * Encodes the specified Hello message. Does not implicitly {@link ferry.transfer.v1.Hello.verify|verify} messages.
                 * @param message Hello message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: ferry.transfer.v1.Hello.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Hello message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {ferry.transfer.v1.Hello & ferry.transfer.v1.Hello.$Shape} Hello
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ferry.transfer.v1.Hello & ferry.transfer.v1.Hello.$Shape;

                /**
                 * Gets the type url for Hello
                 * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                 * @returns The type url
                 */
                static getTypeUrl(prefix?: string): string;
            }

            namespace Hello {

                /** Properties of a Hello. */
                interface $Properties {

                    /** Hello software */
                    software?: (string|null);

                    /** Hello machineId */
                    machineId?: (string|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Hello. */
                type $Shape = ferry.transfer.v1.Hello.$Properties;
            }

            /**
             * Properties of an Open.
             * @deprecated Use ferry.transfer.v1.Open.$Properties instead.
             */
            interface IOpen extends ferry.transfer.v1.Open.$Properties {
            }

            /** Represents an Open. */
            class Open {

                /**
                 * Constructs a new Open.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: ferry.transfer.v1.Open.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Open uploadId. */
                uploadId: Uint8Array;

                /** Open metadata. */
                metadata?: (ferry.transfer.v1.FileMetadata.$Properties|null);

                /** Open size. */
                size: number;

                /** Open offset. */
                offset: number;

                /** Open reset. */
                reset: boolean;

                /**
                 * Encodes the specified Open message. Does not implicitly {@link ferry.transfer.v1.Open.verify|verify} messages.
                 * @param message Open message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: ferry.transfer.v1.Open.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an Open message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {ferry.transfer.v1.Open & ferry.transfer.v1.Open.$Shape} Open
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ferry.transfer.v1.Open & ferry.transfer.v1.Open.$Shape;

                /**
                 * Gets the type url for Open
                 * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                 * @returns The type url
                 */
                static getTypeUrl(prefix?: string): string;
            }

            namespace Open {

                /** Properties of an Open. */
                interface $Properties {

                    /** Open uploadId */
                    uploadId?: (Uint8Array|null);

                    /** Open metadata */
                    metadata?: (ferry.transfer.v1.FileMetadata.$Properties|null);

                    /** Open size */
                    size?: (number|null);

                    /** Open offset */
                    offset?: (number|null);

                    /** Open reset */
                    reset?: (boolean|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of an Open. */
                type $Shape = ferry.transfer.v1.Open.$Properties;
            }

            /**
             * Properties of a FileMetadata.
             * @deprecated Use ferry.transfer.v1.FileMetadata.$Properties instead.
             */
            interface IFileMetadata extends ferry.transfer.v1.FileMetadata.$Properties {
            }

            /** Represents a FileMetadata. */
            class FileMetadata {

                /**
                 * Constructs a new FileMetadata.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: ferry.transfer.v1.FileMetadata.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** FileMetadata path. */
                path: Uint8Array;

                /** FileMetadata mtimeSeconds. */
                mtimeSeconds: number;

                /** FileMetadata mtimeNanos. */
                mtimeNanos: number;

                /** FileMetadata tags. */
                tags: string[];

                /** FileMetadata content. */
                content: ferry.transfer.v1.Content;

                /** FileMetadata datasetIds. */
                datasetIds: string[];

                /** FileMetadata partId. */
                partId: string;

                /**
                 * Encodes the specified FileMetadata message. Does not implicitly {@link ferry.transfer.v1.FileMetadata.verify|verify} messages.
                 * @param message FileMetadata message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: ferry.transfer.v1.FileMetadata.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a FileMetadata message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {ferry.transfer.v1.FileMetadata & ferry.transfer.v1.FileMetadata.$Shape} FileMetadata
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ferry.transfer.v1.FileMetadata & ferry.transfer.v1.FileMetadata.$Shape;

                /**
                 * Gets the type url for FileMetadata
                 * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                 * @returns The type url
                 */
                static getTypeUrl(prefix?: string): string;
            }

            namespace FileMetadata {

                /** Properties of a FileMetadata. */
                interface $Properties {

                    /** FileMetadata path */
                    path?: (Uint8Array|null);

                    /** FileMetadata mtimeSeconds */
                    mtimeSeconds?: (number|null);

                    /** FileMetadata mtimeNanos */
                    mtimeNanos?: (number|null);

                    /** FileMetadata tags */
                    tags?: (string[]|null);

                    /** FileMetadata content */
                    content?: (ferry.transfer.v1.Content|null);

                    /** FileMetadata datasetIds */
                    datasetIds?: (string[]|null);

                    /** FileMetadata partId */
                    partId?: (string|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a FileMetadata. */
                type $Shape = ferry.transfer.v1.FileMetadata.$Properties;
            }

            /** Content enum. */
            enum Content {

                /** CONTENT_FILE value */
                CONTENT_FILE = 0,

                /** CONTENT_CAPTURE value */
                CONTENT_CAPTURE = 1,

                /** CONTENT_SEQUENCE value */
                CONTENT_SEQUENCE = 2
            }

            /**
             * Properties of a Data.
             * @deprecated Use ferry.transfer.v1.Data.$Properties instead.
             */
            interface IData extends ferry.transfer.v1.Data.$Properties {
            }

            /** Represents a Data. */
            class Data {

                /**
                 * Constructs a new Data.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: ferry.transfer.v1.Data.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Data offset. */
                offset: number;

                /** Data crc32. */
                crc32: number;

                /** Data bytes. */
                bytes: Uint8Array;

                /**
                 * Encodes the specified Data message. Does not implicitly {@link ferry.transfer.v1.Data.verify|verify} messages.
                 * @param message Data message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: ferry.transfer.v1.Data.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Data message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {ferry.transfer.v1.Data & ferry.transfer.v1.Data.$Shape} Data
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ferry.transfer.v1.Data & ferry.transfer.v1.Data.$Shape;

                /**
                 * Gets the type url for Data
                 * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                 * @returns The type url
                 */
                static getTypeUrl(prefix?: string): string;
            }

            namespace Data {

                /** Properties of a Data. */
                interface $Properties {

                    /** Data offset */
                    offset?: (number|null);

                    /** Data crc32 */
                    crc32?: (number|null);

                    /** Data bytes */
                    bytes?: (Uint8Array|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Data. */
                type $Shape = ferry.transfer.v1.Data.$Properties;
            }

            /**
             * Properties of a Finish.
             * @deprecated Use ferry.transfer.v1.Finish.$Properties instead.
             */
            interface IFinish extends ferry.transfer.v1.Finish.$Properties {
            }

            /** Represents a Finish. */
            class Finish {

                /**
                 * Constructs a new Finish.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: ferry.transfer.v1.Finish.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Finish size. */
                size: number;

                /** Finish digest. */
                digest: Uint8Array;

                /**
                 * Encodes the specified Finish message. Does not implicitly {@link ferry.transfer.v1.Finish.verify|verify} messages.
                 * @param message Finish message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: ferry.transfer.v1.Finish.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Finish message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {ferry.transfer.v1.Finish & ferry.transfer.v1.Finish.$Shape} Finish
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ferry.transfer.v1.Finish & ferry.transfer.v1.Finish.$Shape;

                /**
                 * Gets the type url for Finish
                 * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                 * @returns The type url
                 */
                static getTypeUrl(prefix?: string): string;
            }

            namespace Finish {

                /** Properties of a Finish. */
                interface $Properties {

                    /** Finish size */
                    size?: (number|null);

                    /** Finish digest */
                    digest?: (Uint8Array|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Finish. */
                type $Shape = ferry.transfer.v1.Finish.$Properties;
            }

            /**
             * Properties of a Cancel.
             * @deprecated Use ferry.transfer.v1.Cancel.$Properties instead.
             */
            interface ICancel extends ferry.transfer.v1.Cancel.$Properties {
            }

            /** Represents a Cancel. */
            class Cancel {

                /**
                 * Constructs a new Cancel.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: ferry.transfer.v1.Cancel.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /**
                 * Encodes the specified Cancel message. Does not implicitly {@link ferry.transfer.v1.Cancel.verify|verify} messages.
                 * @param message Cancel message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: ferry.transfer.v1.Cancel.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Cancel message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {ferry.transfer.v1.Cancel & ferry.transfer.v1.Cancel.$Shape} Cancel
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ferry.transfer.v1.Cancel & ferry.transfer.v1.Cancel.$Shape;

                /**
                 * Gets the type url for Cancel
                 * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                 * @returns The type url
                 */
                static getTypeUrl(prefix?: string): string;
            }

            namespace Cancel {

                /** Properties of a Cancel. */
                interface $Properties {

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Cancel. */
                type $Shape = ferry.transfer.v1.Cancel.$Properties;
            }

            /**
             * Properties of a Downlink.
             * @deprecated Use ferry.transfer.v1.Downlink.$Properties instead.
             */
            interface IDownlink extends ferry.transfer.v1.Downlink.$Properties {
            }

            /** Represents a Downlink. */
            class Downlink {

                /**
                 * Constructs a new Downlink.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: ferry.transfer.v1.Downlink.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Downlink frames. */
                frames: ferry.transfer.v1.ReceiverFrame.$Properties[];

                /**
                 * Encodes the specified Downlink message. Does not implicitly {@link ferry.transfer.v1.Downlink.verify|verify} messages.
                 * @param message Downlink message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: ferry.transfer.v1.Downlink.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Downlink message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {ferry.transfer.v1.Downlink & ferry.transfer.v1.Downlink.$Shape} Downlink
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ferry.transfer.v1.Downlink & ferry.transfer.v1.Downlink.$Shape;

                /**
                 * Gets the type url for Downlink
                 * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                 * @returns The type url
                 */
                static getTypeUrl(prefix?: string): string;
            }

            namespace Downlink {

                /** Properties of a Downlink. */
                interface $Properties {

                    /** Downlink frames */
                    frames?: (ferry.transfer.v1.ReceiverFrame.$Properties[]|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Downlink. */
                type $Shape = {
                  frames?: ferry.transfer.v1.ReceiverFrame.$Shape[]|null;
                  $unknowns?: Uint8Array[];
                };
            }

            /**
             * Properties of a ReceiverFrame.
             * @deprecated Use ferry.transfer.v1.ReceiverFrame.$Properties instead.
             */
            interface IReceiverFrame extends ferry.transfer.v1.ReceiverFrame.$Properties {
            }

            /** Represents a ReceiverFrame. */
            class ReceiverFrame {

                /**
                 * Constructs a new ReceiverFrame.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: ferry.transfer.v1.ReceiverFrame.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** ReceiverFrame channel. */
                channel: number;

                /** ReceiverFrame welcome. */
                welcome?: (ferry.transfer.v1.Welcome.$Properties|null);

                /** ReceiverFrame opened. */
                opened?: (ferry.transfer.v1.Opened.$Properties|null);

                /** ReceiverFrame progress. */
                progress?: (ferry.transfer.v1.Progress.$Properties|null);

                /** ReceiverFrame stored. */
                stored?: (ferry.transfer.v1.Stored.$Properties|null);

                /** ReceiverFrame failed. */
                failed?: (ferry.transfer.v1.Failed.$Properties|null);

                /** ReceiverFrame body. */
                body?: ("welcome"|"opened"|"progress"|"stored"|"failed");

                /**
                 * Encodes the specified ReceiverFrame message. Does not implicitly {@link ferry.transfer.v1.ReceiverFrame.verify|verify} messages.
                 * @param message ReceiverFrame message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: ferry.transfer.v1.ReceiverFrame.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a ReceiverFrame message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {ferry.transfer.v1.ReceiverFrame & ferry.transfer.v1.ReceiverFrame.$Shape} ReceiverFrame
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ferry.transfer.v1.ReceiverFrame & ferry.transfer.v1.ReceiverFrame.$Shape;

                /**
                 * Gets the type url for ReceiverFrame
                 * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                 * @returns The type url
                 */
                static getTypeUrl(prefix?: string): string;
            }

            namespace ReceiverFrame {

                /** Properties of a ReceiverFrame. */
                interface $Properties {

                    /** ReceiverFrame channel */
                    channel?: (number|null);

                    /** ReceiverFrame welcome */
                    welcome?: (ferry.transfer.v1.Welcome.$Properties|null);

                    /** ReceiverFrame opened */
                    opened?: (ferry.transfer.v1.Opened.$Properties|null);

                    /** ReceiverFrame progress */
                    progress?: (ferry.transfer.v1.Progress.$Properties|null);

                    /** ReceiverFrame stored */
                    stored?: (ferry.transfer.v1.Stored.$Properties|null);

                    /** ReceiverFrame failed */
                    failed?: (ferry.transfer.v1.Failed.$Properties|null);

                    /** ReceiverFrame body */
                    body?: ("welcome"|"opened"|"progress"|"stored"|"failed");

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Narrowed shape of a ReceiverFrame. */
                type $Shape = {
                  channel?: number|null;
                  welcome?: ferry.transfer.v1.Welcome.$Shape|null;
                  opened?: ferry.transfer.v1.Opened.$Shape|null;
                  progress?: ferry.transfer.v1.Progress.$Shape|null;
                  stored?: ferry.transfer.v1.Stored.$Shape|null;
                  failed?: ferry.transfer.v1.Failed.$Shape|null;
                  $unknowns?: Uint8Array[];
                } & (
                  ({ body?: undefined; welcome?: null; opened?: null; progress?: null; stored?: null; failed?: null }|{ body?: "welcome"; welcome: ferry.transfer.v1.Welcome.$Shape; opened?: null; progress?: null; stored?: null; failed?: null }|{ body?: "opened"; welcome?: null; opened: ferry.transfer.v1.Opened.$Shape; progress?: null; stored?: null; failed?: null }|{ body?: "progress"; welcome?: null; opened?: null; progress: ferry.transfer.v1.Progress.$Shape; stored?: null; failed?: null }|{ body?: "stored"; welcome?: null; opened?: null; progress?: null; stored: ferry.transfer.v1.Stored.$Shape; failed?: null }|{ body?: "failed"; welcome?: null; opened?: null; progress?: null; stored?: null; failed: ferry.transfer.v1.Failed.$Shape })
                );
            }

            /**
             * Properties of a Welcome.
             * @deprecated Use ferry.transfer.v1.Welcome.$Properties instead.
             */
            interface IWelcome extends ferry.transfer.v1.Welcome.$Properties {
            }

            /** Represents a Welcome. */
            class Welcome {

                /**
                 * Constructs a new Welcome.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: ferry.transfer.v1.Welcome.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Welcome device. */
                device: string;

                /** Welcome software. */
                software: string;

                /** Welcome maxChannels. */
                maxChannels: number;

                /** Welcome maxDataBytes. */
                maxDataBytes: number;

                /** Welcome windowBytes. */
                windowBytes: number;

                /** Welcome smallFileBytes. */
                smallFileBytes: number;

                /** Welcome warning. */
                warning: string;

                /** Welcome roomBytes. */
                roomBytes?: (number|null);

                /**
                 * Encodes the specified Welcome message. Does not implicitly {@link ferry.transfer.v1.Welcome.verify|verify} messages.
                 * @param message Welcome message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: ferry.transfer.v1.Welcome.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Welcome message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {ferry.transfer.v1.Welcome & ferry.transfer.v1.Welcome.$Shape} Welcome
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ferry.transfer.v1.Welcome & ferry.transfer.v1.Welcome.$Shape;

                /**
                 * Gets the type url for Welcome
                 * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                 * @returns The type url
                 */
                static getTypeUrl(prefix?: string): string;
            }

            namespace Welcome {

                /** Properties of a Welcome. */
                interface $Properties {

                    /** Welcome device */
                    device?: (string|null);

                    /** Welcome software */
                    software?: (string|null);

                    /** Welcome maxChannels */
                    maxChannels?: (number|null);

                    /** Welcome maxDataBytes */
                    maxDataBytes?: (number|null);

                    /** Welcome windowBytes */
                    windowBytes?: (number|null);

                    /** Welcome smallFileBytes */
                    smallFileBytes?: (number|null);

                    /** Welcome warning */
                    warning?: (string|null);

                    /** Welcome roomBytes */
                    roomBytes?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Welcome. */
                type $Shape = ferry.transfer.v1.Welcome.$Properties;
            }

            /**
             * Properties of an Opened.
             * @deprecated Use ferry.transfer.v1.Opened.$Properties instead.
             */
            interface IOpened extends ferry.transfer.v1.Opened.$Properties {
            }

            /** Represents an Opened. */
            class Opened {

                /**
                 * Constructs a new Opened.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: ferry.transfer.v1.Opened.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Opened epoch. */
                epoch: number;

                /** Opened generation. */
                generation: number;

                /** Opened committed. */
                committed: number;

                /** Opened prefixDigest. */
                prefixDigest: Uint8Array;

                /** Opened receipt. */
                receipt?: (ferry.transfer.v1.Receipt.$Properties|null);

                /**
                 * Encodes the specified Opened message. Does not implicitly {@link ferry.transfer.v1.Opened.verify|verify} messages.
                 * @param message Opened message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: ferry.transfer.v1.Opened.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an Opened message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {ferry.transfer.v1.Opened & ferry.transfer.v1.Opened.$Shape} Opened
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ferry.transfer.v1.Opened & ferry.transfer.v1.Opened.$Shape;

                /**
                 * Gets the type url for Opened
                 * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                 * @returns The type url
                 */
                static getTypeUrl(prefix?: string): string;
            }

            namespace Opened {

                /** Properties of an Opened. */
                interface $Properties {

                    /** Opened epoch */
                    epoch?: (number|null);

                    /** Opened generation */
                    generation?: (number|null);

                    /** Opened committed */
                    committed?: (number|null);

                    /** Opened prefixDigest */
                    prefixDigest?: (Uint8Array|null);

                    /** Opened receipt */
                    receipt?: (ferry.transfer.v1.Receipt.$Properties|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of an Opened. */
                type $Shape = ferry.transfer.v1.Opened.$Properties;
            }

            /**
             * Properties of a Progress.
             * @deprecated Use ferry.transfer.v1.Progress.$Properties instead.
             */
            interface IProgress extends ferry.transfer.v1.Progress.$Properties {
            }

            /** Represents a Progress. */
            class Progress {

                /**
                 * Constructs a new Progress.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: ferry.transfer.v1.Progress.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Progress committed. */
                committed: number;

                /**
                 * Encodes the specified Progress message. Does not implicitly {@link ferry.transfer.v1.Progress.verify|verify} messages.
                 * @param message Progress message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: ferry.transfer.v1.Progress.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Progress message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {ferry.transfer.v1.Progress & ferry.transfer.v1.Progress.$Shape} Progress
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ferry.transfer.v1.Progress & ferry.transfer.v1.Progress.$Shape;

                /**
                 * Gets the type url for Progress
                 * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                 * @returns The type url
                 */
                static getTypeUrl(prefix?: string): string;
            }

            namespace Progress {

                /** Properties of a Progress. */
                interface $Properties {

                    /** Progress committed */
                    committed?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Progress. */
                type $Shape = ferry.transfer.v1.Progress.$Properties;
            }

            /**
             * Properties of a Stored.
             * @deprecated Use ferry.transfer.v1.Stored.$Properties instead.
             */
            interface IStored extends ferry.transfer.v1.Stored.$Properties {
            }

            /** Represents a Stored. */
            class Stored {

                /**
                 * Constructs a new Stored.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: ferry.transfer.v1.Stored.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Stored receipt. */
                receipt?: (ferry.transfer.v1.Receipt.$Properties|null);

                /**
                 * Encodes the specified Stored message. Does not implicitly {@link ferry.transfer.v1.Stored.verify|verify} messages.
                 * @param message Stored message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: ferry.transfer.v1.Stored.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Stored message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {ferry.transfer.v1.Stored & ferry.transfer.v1.Stored.$Shape} Stored
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ferry.transfer.v1.Stored & ferry.transfer.v1.Stored.$Shape;

                /**
                 * Gets the type url for Stored
                 * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                 * @returns The type url
                 */
                static getTypeUrl(prefix?: string): string;
            }

            namespace Stored {

                /** Properties of a Stored. */
                interface $Properties {

                    /** Stored receipt */
                    receipt?: (ferry.transfer.v1.Receipt.$Properties|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Stored. */
                type $Shape = ferry.transfer.v1.Stored.$Properties;
            }

            /**
             * Properties of a Receipt.
             * @deprecated Use ferry.transfer.v1.Receipt.$Properties instead.
             */
            interface IReceipt extends ferry.transfer.v1.Receipt.$Properties {
            }

            /** Represents a Receipt. */
            class Receipt {

                /**
                 * Constructs a new Receipt.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: ferry.transfer.v1.Receipt.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Receipt uploadId. */
                uploadId: Uint8Array;

                /** Receipt size. */
                size: number;

                /** Receipt digest. */
                digest: Uint8Array;

                /** Receipt sha256. */
                sha256: Uint8Array;

                /** Receipt location. */
                location: string;

                /**
                 * Encodes the specified Receipt message. Does not implicitly {@link ferry.transfer.v1.Receipt.verify|verify} messages.
                 * @param message Receipt message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: ferry.transfer.v1.Receipt.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Receipt message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {ferry.transfer.v1.Receipt & ferry.transfer.v1.Receipt.$Shape} Receipt
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ferry.transfer.v1.Receipt & ferry.transfer.v1.Receipt.$Shape;

                /**
                 * Gets the type url for Receipt
                 * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                 * @returns The type url
                 */
                static getTypeUrl(prefix?: string): string;
            }

            namespace Receipt {

                /** Properties of a Receipt. */
                interface $Properties {

                    /** Receipt uploadId */
                    uploadId?: (Uint8Array|null);

                    /** Receipt size */
                    size?: (number|null);

                    /** Receipt digest */
                    digest?: (Uint8Array|null);

                    /** Receipt sha256 */
                    sha256?: (Uint8Array|null);

                    /** Receipt location */
                    location?: (string|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Receipt. */
                type $Shape = ferry.transfer.v1.Receipt.$Properties;
            }

            /**
             * Properties of a Failed.
             * @deprecated Use ferry.transfer.v1.Failed.$Properties instead.
             */
            interface IFailed extends ferry.transfer.v1.Failed.$Properties {
            }

            /** Represents a Failed. */
            class Failed {

                /**
                 * Constructs a new Failed.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: ferry.transfer.v1.Failed.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Failed code. */
                code: ferry.transfer.v1.Code;

                /** Failed message. */
                message: string;

                /** Failed retryAfterMs. */
                retryAfterMs: number;

                /**
                 * Encodes the specified Failed message. Does not implicitly {@link ferry.transfer.v1.Failed.verify|verify} messages.
                 * @param message Failed message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: ferry.transfer.v1.Failed.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Failed message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {ferry.transfer.v1.Failed & ferry.transfer.v1.Failed.$Shape} Failed
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): ferry.transfer.v1.Failed & ferry.transfer.v1.Failed.$Shape;

                /**
                 * Gets the type url for Failed
                 * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                 * @returns The type url
                 */
                static getTypeUrl(prefix?: string): string;
            }

            namespace Failed {

                /** Properties of a Failed. */
                interface $Properties {

                    /** Failed code */
                    code?: (ferry.transfer.v1.Code|null);

                    /** Failed message */
                    message?: (string|null);

                    /** Failed retryAfterMs */
                    retryAfterMs?: (number|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Failed. */
                type $Shape = ferry.transfer.v1.Failed.$Properties;
            }

            /** Code enum. */
            enum Code {

                /** CODE_UNSPECIFIED value */
                CODE_UNSPECIFIED = 0,

                /** INVALID value */
                INVALID = 1,

                /** WRONG_OFFSET value */
                WRONG_OFFSET = 2,

                /** STALE_EPOCH value */
                STALE_EPOCH = 3,

                /** CORRUPT value */
                CORRUPT = 4,

                /** NO_SPACE value */
                NO_SPACE = 5,

                /** BUSY value */
                BUSY = 6,

                /** STORE_FAILED value */
                STORE_FAILED = 7
            }
        }
    }
}
