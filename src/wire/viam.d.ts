import * as $protobuf from "protobufjs";
import Long = require("long");

/** Namespace viam. */
export namespace viam {

    /** Namespace app. */
    namespace app {

        /** Namespace datasync. */
        namespace datasync {

            /** Namespace v1. */
            namespace v1 {

                /**
                 * Properties of a DataCaptureUploadRequest.
                 * @deprecated Use viam.app.datasync.v1.DataCaptureUploadRequest.$Properties instead.
                 */
                interface IDataCaptureUploadRequest extends viam.app.datasync.v1.DataCaptureUploadRequest.$Properties {
                }

                /** Represents a DataCaptureUploadRequest. */
                class DataCaptureUploadRequest {

                    /**
                     * Constructs a new DataCaptureUploadRequest.
                     * @param [properties] Properties to set
                     */
                    constructor(properties?: viam.app.datasync.v1.DataCaptureUploadRequest.$Properties);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];

                    /** DataCaptureUploadRequest metadata. */
                    metadata?: (viam.app.datasync.v1.UploadMetadata.$Properties|null);

                    /** DataCaptureUploadRequest sensorContents. */
                    sensorContents: viam.app.datasync.v1.SensorData.$Properties[];

                    /**
                     * Encodes the specified DataCaptureUploadRequest message. Does not implicitly {@link viam.app.datasync.v1.DataCaptureUploadRequest.verify|verify} messages.
                     * @param message DataCaptureUploadRequest message or plain object to encode
                     * @param [writer] Writer to encode to
                     * @returns Writer
                     */
                    static encode(message: viam.app.datasync.v1.DataCaptureUploadRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                    /**
                     * Decodes a DataCaptureUploadRequest message from the specified reader or buffer.
                     * @param reader Reader or buffer to decode from
                     * @param [length] Message length if known beforehand
                     * @returns {viam.app.datasync.v1.DataCaptureUploadRequest & viam.app.datasync.v1.DataCaptureUploadRequest.$Shape} DataCaptureUploadRequest
                     * @throws {Error} If the payload is not a reader or valid buffer
                     * @throws {$protobuf.util.ProtocolError} If required fields are missing
                     */
                    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): viam.app.datasync.v1.DataCaptureUploadRequest & viam.app.datasync.v1.DataCaptureUploadRequest.$Shape;

                    /**
                     * Gets the type url for DataCaptureUploadRequest
                     * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                     * @returns The type url
                     */
                    static getTypeUrl(prefix?: string): string;
                }

                namespace DataCaptureUploadRequest {

                    /** Properties of a DataCaptureUploadRequest. */
                    interface $Properties {

                        /** DataCaptureUploadRequest metadata */
                        metadata?: (viam.app.datasync.v1.UploadMetadata.$Properties|null);

                        /** DataCaptureUploadRequest sensorContents */
                        sensorContents?: (viam.app.datasync.v1.SensorData.$Properties[]|null);

                        /** Unknown fields preserved while decoding when enabled */
                        $unknowns?: Uint8Array[];
                    }

                    /** Shape of a DataCaptureUploadRequest. */
                    type $Shape = {
                      metadata?: viam.app.datasync.v1.UploadMetadata.$Shape|null;
                      sensorContents?: viam.app.datasync.v1.SensorData.$Shape[]|null;
                      $unknowns?: Uint8Array[];
                    };
                }

                /**
                 * Properties of a DataCaptureUploadResponse.
                 * @deprecated Use viam.app.datasync.v1.DataCaptureUploadResponse.$Properties instead.
                 */
                interface IDataCaptureUploadResponse extends viam.app.datasync.v1.DataCaptureUploadResponse.$Properties {
                }

                /** Represents a DataCaptureUploadResponse. */
                class DataCaptureUploadResponse {

                    /**
                     * Constructs a new DataCaptureUploadResponse.
                     * @param [properties] Properties to set
                     */
                    constructor(properties?: viam.app.datasync.v1.DataCaptureUploadResponse.$Properties);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];

                    /** DataCaptureUploadResponse fileId. */
                    fileId: string;

                    /** DataCaptureUploadResponse binaryDataId. */
                    binaryDataId: string;

                    /**
                     * Encodes the specified DataCaptureUploadResponse message. Does not implicitly {@link viam.app.datasync.v1.DataCaptureUploadResponse.verify|verify} messages.
                     * @param message DataCaptureUploadResponse message or plain object to encode
                     * @param [writer] Writer to encode to
                     * @returns Writer
                     */
                    static encode(message: viam.app.datasync.v1.DataCaptureUploadResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                    /**
                     * Decodes a DataCaptureUploadResponse message from the specified reader or buffer.
                     * @param reader Reader or buffer to decode from
                     * @param [length] Message length if known beforehand
                     * @returns {viam.app.datasync.v1.DataCaptureUploadResponse & viam.app.datasync.v1.DataCaptureUploadResponse.$Shape} DataCaptureUploadResponse
                     * @throws {Error} If the payload is not a reader or valid buffer
                     * @throws {$protobuf.util.ProtocolError} If required fields are missing
                     */
                    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): viam.app.datasync.v1.DataCaptureUploadResponse & viam.app.datasync.v1.DataCaptureUploadResponse.$Shape;

                    /**
                     * Gets the type url for DataCaptureUploadResponse
                     * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                     * @returns The type url
                     */
                    static getTypeUrl(prefix?: string): string;
                }

                namespace DataCaptureUploadResponse {

                    /** Properties of a DataCaptureUploadResponse. */
                    interface $Properties {

                        /** DataCaptureUploadResponse fileId */
                        fileId?: (string|null);

                        /** DataCaptureUploadResponse binaryDataId */
                        binaryDataId?: (string|null);

                        /** Unknown fields preserved while decoding when enabled */
                        $unknowns?: Uint8Array[];
                    }

                    /** Shape of a DataCaptureUploadResponse. */
                    type $Shape = viam.app.datasync.v1.DataCaptureUploadResponse.$Properties;
                }

                /**
                 * Properties of a FileUploadRequest.
                 * @deprecated Use viam.app.datasync.v1.FileUploadRequest.$Properties instead.
                 */
                interface IFileUploadRequest extends viam.app.datasync.v1.FileUploadRequest.$Properties {
                }

                /** Represents a FileUploadRequest. */
                class FileUploadRequest {

                    /**
                     * Constructs a new FileUploadRequest.
                     * @param [properties] Properties to set
                     */
                    constructor(properties?: viam.app.datasync.v1.FileUploadRequest.$Properties);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];

                    /** FileUploadRequest metadata. */
                    metadata?: (viam.app.datasync.v1.UploadMetadata.$Properties|null);

                    /** FileUploadRequest fileContents. */
                    fileContents?: (viam.app.datasync.v1.FileData.$Properties|null);

                    /** FileUploadRequest uploadPacket. */
                    uploadPacket?: ("metadata"|"fileContents");

                    /**
                     * Encodes the specified FileUploadRequest message. Does not implicitly {@link viam.app.datasync.v1.FileUploadRequest.verify|verify} messages.
                     * @param message FileUploadRequest message or plain object to encode
                     * @param [writer] Writer to encode to
                     * @returns Writer
                     */
                    static encode(message: viam.app.datasync.v1.FileUploadRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                    /**
                     * Decodes a FileUploadRequest message from the specified reader or buffer.
                     * @param reader Reader or buffer to decode from
                     * @param [length] Message length if known beforehand
                     * @returns {viam.app.datasync.v1.FileUploadRequest & viam.app.datasync.v1.FileUploadRequest.$Shape} FileUploadRequest
                     * @throws {Error} If the payload is not a reader or valid buffer
                     * @throws {$protobuf.util.ProtocolError} If required fields are missing
                     */
                    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): viam.app.datasync.v1.FileUploadRequest & viam.app.datasync.v1.FileUploadRequest.$Shape;

                    /**
                     * Gets the type url for FileUploadRequest
                     * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                     * @returns The type url
                     */
                    static getTypeUrl(prefix?: string): string;
                }

                namespace FileUploadRequest {

                    /** Properties of a FileUploadRequest. */
                    interface $Properties {

                        /** FileUploadRequest metadata */
                        metadata?: (viam.app.datasync.v1.UploadMetadata.$Properties|null);

                        /** FileUploadRequest fileContents */
                        fileContents?: (viam.app.datasync.v1.FileData.$Properties|null);

                        /** FileUploadRequest uploadPacket */
                        uploadPacket?: ("metadata"|"fileContents");

                        /** Unknown fields preserved while decoding when enabled */
                        $unknowns?: Uint8Array[];
                    }

                    /** Narrowed shape of a FileUploadRequest. */
                    type $Shape = {
                      metadata?: viam.app.datasync.v1.UploadMetadata.$Shape|null;
                      fileContents?: viam.app.datasync.v1.FileData.$Shape|null;
                      $unknowns?: Uint8Array[];
                    } & (
                      ({ uploadPacket?: undefined; metadata?: null; fileContents?: null }|{ uploadPacket?: "metadata"; metadata: viam.app.datasync.v1.UploadMetadata.$Shape; fileContents?: null }|{ uploadPacket?: "fileContents"; metadata?: null; fileContents: viam.app.datasync.v1.FileData.$Shape })
                    );
                }

                /**
                 * Properties of a FileData.
                 * @deprecated Use viam.app.datasync.v1.FileData.$Properties instead.
                 */
                interface IFileData extends viam.app.datasync.v1.FileData.$Properties {
                }

                /** Represents a FileData. */
                class FileData {

                    /**
                     * Constructs a new FileData.
                     * @param [properties] Properties to set
                     */
                    constructor(properties?: viam.app.datasync.v1.FileData.$Properties);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];

                    /** FileData data. */
                    data: Uint8Array;

                    /**
                     * Encodes the specified FileData message. Does not implicitly {@link viam.app.datasync.v1.FileData.verify|verify} messages.
                     * @param message FileData message or plain object to encode
                     * @param [writer] Writer to encode to
                     * @returns Writer
                     */
                    static encode(message: viam.app.datasync.v1.FileData.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                    /**
                     * Decodes a FileData message from the specified reader or buffer.
                     * @param reader Reader or buffer to decode from
                     * @param [length] Message length if known beforehand
                     * @returns {viam.app.datasync.v1.FileData & viam.app.datasync.v1.FileData.$Shape} FileData
                     * @throws {Error} If the payload is not a reader or valid buffer
                     * @throws {$protobuf.util.ProtocolError} If required fields are missing
                     */
                    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): viam.app.datasync.v1.FileData & viam.app.datasync.v1.FileData.$Shape;

                    /**
                     * Gets the type url for FileData
                     * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                     * @returns The type url
                     */
                    static getTypeUrl(prefix?: string): string;
                }

                namespace FileData {

                    /** Properties of a FileData. */
                    interface $Properties {

                        /** FileData data */
                        data?: (Uint8Array|null);

                        /** Unknown fields preserved while decoding when enabled */
                        $unknowns?: Uint8Array[];
                    }

                    /** Shape of a FileData. */
                    type $Shape = viam.app.datasync.v1.FileData.$Properties;
                }

                /**
                 * Properties of a FileUploadResponse.
                 * @deprecated Use viam.app.datasync.v1.FileUploadResponse.$Properties instead.
                 */
                interface IFileUploadResponse extends viam.app.datasync.v1.FileUploadResponse.$Properties {
                }

                /** Represents a FileUploadResponse. */
                class FileUploadResponse {

                    /**
                     * Constructs a new FileUploadResponse.
                     * @param [properties] Properties to set
                     */
                    constructor(properties?: viam.app.datasync.v1.FileUploadResponse.$Properties);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];

                    /** FileUploadResponse fileId. */
                    fileId: string;

                    /** FileUploadResponse binaryDataId. */
                    binaryDataId: string;

                    /**
                     * Encodes the specified FileUploadResponse message. Does not implicitly {@link viam.app.datasync.v1.FileUploadResponse.verify|verify} messages.
                     * @param message FileUploadResponse message or plain object to encode
                     * @param [writer] Writer to encode to
                     * @returns Writer
                     */
                    static encode(message: viam.app.datasync.v1.FileUploadResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                    /**
                     * Decodes a FileUploadResponse message from the specified reader or buffer.
                     * @param reader Reader or buffer to decode from
                     * @param [length] Message length if known beforehand
                     * @returns {viam.app.datasync.v1.FileUploadResponse & viam.app.datasync.v1.FileUploadResponse.$Shape} FileUploadResponse
                     * @throws {Error} If the payload is not a reader or valid buffer
                     * @throws {$protobuf.util.ProtocolError} If required fields are missing
                     */
                    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): viam.app.datasync.v1.FileUploadResponse & viam.app.datasync.v1.FileUploadResponse.$Shape;

                    /**
                     * Gets the type url for FileUploadResponse
                     * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                     * @returns The type url
                     */
                    static getTypeUrl(prefix?: string): string;
                }

                namespace FileUploadResponse {

                    /** Properties of a FileUploadResponse. */
                    interface $Properties {

                        /** FileUploadResponse fileId */
                        fileId?: (string|null);

                        /** FileUploadResponse binaryDataId */
                        binaryDataId?: (string|null);

                        /** Unknown fields preserved while decoding when enabled */
                        $unknowns?: Uint8Array[];
                    }

                    /** Shape of a FileUploadResponse. */
                    type $Shape = viam.app.datasync.v1.FileUploadResponse.$Properties;
                }

                /**
                 * Properties of a StreamingDataCaptureUploadRequest.
                 * @deprecated Use viam.app.datasync.v1.StreamingDataCaptureUploadRequest.$Properties instead.
                 */
                interface IStreamingDataCaptureUploadRequest extends viam.app.datasync.v1.StreamingDataCaptureUploadRequest.$Properties {
                }

                /** Represents a StreamingDataCaptureUploadRequest. */
                class StreamingDataCaptureUploadRequest {

                    /**
                     * Constructs a new StreamingDataCaptureUploadRequest.
                     * @param [properties] Properties to set
                     */
                    constructor(properties?: viam.app.datasync.v1.StreamingDataCaptureUploadRequest.$Properties);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];

                    /** StreamingDataCaptureUploadRequest metadata. */
                    metadata?: (viam.app.datasync.v1.DataCaptureUploadMetadata.$Properties|null);

                    /** StreamingDataCaptureUploadRequest data. */
                    data?: (Uint8Array|null);

                    /** StreamingDataCaptureUploadRequest uploadPacket. */
                    uploadPacket?: ("metadata"|"data");

                    /**
                     * Encodes the specified StreamingDataCaptureUploadRequest message. Does not implicitly {@link viam.app.datasync.v1.StreamingDataCaptureUploadRequest.verify|verify} messages.
                     * @param message StreamingDataCaptureUploadRequest message or plain object to encode
                     * @param [writer] Writer to encode to
                     * @returns Writer
                     */
                    static encode(message: viam.app.datasync.v1.StreamingDataCaptureUploadRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                    /**
                     * Decodes a StreamingDataCaptureUploadRequest message from the specified reader or buffer.
                     * @param reader Reader or buffer to decode from
                     * @param [length] Message length if known beforehand
                     * @returns {viam.app.datasync.v1.StreamingDataCaptureUploadRequest & viam.app.datasync.v1.StreamingDataCaptureUploadRequest.$Shape} StreamingDataCaptureUploadRequest
                     * @throws {Error} If the payload is not a reader or valid buffer
                     * @throws {$protobuf.util.ProtocolError} If required fields are missing
                     */
                    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): viam.app.datasync.v1.StreamingDataCaptureUploadRequest & viam.app.datasync.v1.StreamingDataCaptureUploadRequest.$Shape;

                    /**
                     * Gets the type url for StreamingDataCaptureUploadRequest
                     * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                     * @returns The type url
                     */
                    static getTypeUrl(prefix?: string): string;
                }

                namespace StreamingDataCaptureUploadRequest {

                    /** Properties of a StreamingDataCaptureUploadRequest. */
                    interface $Properties {

                        /** StreamingDataCaptureUploadRequest metadata */
                        metadata?: (viam.app.datasync.v1.DataCaptureUploadMetadata.$Properties|null);

                        /** StreamingDataCaptureUploadRequest data */
                        data?: (Uint8Array|null);

                        /** StreamingDataCaptureUploadRequest uploadPacket */
                        uploadPacket?: ("metadata"|"data");

                        /** Unknown fields preserved while decoding when enabled */
                        $unknowns?: Uint8Array[];
                    }

                    /** Narrowed shape of a StreamingDataCaptureUploadRequest. */
                    type $Shape = {
                      metadata?: viam.app.datasync.v1.DataCaptureUploadMetadata.$Shape|null;
                      data?: Uint8Array|null;
                      $unknowns?: Uint8Array[];
                    } & (
                      ({ uploadPacket?: undefined; metadata?: null; data?: null }|{ uploadPacket?: "metadata"; metadata: viam.app.datasync.v1.DataCaptureUploadMetadata.$Shape; data?: null }|{ uploadPacket?: "data"; metadata?: null; data: Uint8Array })
                    );
                }

                /**
                 * Properties of a DataCaptureUploadMetadata.
                 * @deprecated Use viam.app.datasync.v1.DataCaptureUploadMetadata.$Properties instead.
                 */
                interface IDataCaptureUploadMetadata extends viam.app.datasync.v1.DataCaptureUploadMetadata.$Properties {
                }

                /** Represents a DataCaptureUploadMetadata. */
                class DataCaptureUploadMetadata {

                    /**
                     * Constructs a new DataCaptureUploadMetadata.
                     * @param [properties] Properties to set
                     */
                    constructor(properties?: viam.app.datasync.v1.DataCaptureUploadMetadata.$Properties);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];

                    /** DataCaptureUploadMetadata uploadMetadata. */
                    uploadMetadata?: (viam.app.datasync.v1.UploadMetadata.$Properties|null);

                    /** DataCaptureUploadMetadata sensorMetadata. */
                    sensorMetadata?: (viam.app.datasync.v1.SensorMetadata.$Properties|null);

                    /**
                     * Encodes the specified DataCaptureUploadMetadata message. Does not implicitly {@link viam.app.datasync.v1.DataCaptureUploadMetadata.verify|verify} messages.
                     * @param message DataCaptureUploadMetadata message or plain object to encode
                     * @param [writer] Writer to encode to
                     * @returns Writer
                     */
                    static encode(message: viam.app.datasync.v1.DataCaptureUploadMetadata.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                    /**
                     * Decodes a DataCaptureUploadMetadata message from the specified reader or buffer.
                     * @param reader Reader or buffer to decode from
                     * @param [length] Message length if known beforehand
                     * @returns {viam.app.datasync.v1.DataCaptureUploadMetadata & viam.app.datasync.v1.DataCaptureUploadMetadata.$Shape} DataCaptureUploadMetadata
                     * @throws {Error} If the payload is not a reader or valid buffer
                     * @throws {$protobuf.util.ProtocolError} If required fields are missing
                     */
                    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): viam.app.datasync.v1.DataCaptureUploadMetadata & viam.app.datasync.v1.DataCaptureUploadMetadata.$Shape;

                    /**
                     * Gets the type url for DataCaptureUploadMetadata
                     * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                     * @returns The type url
                     */
                    static getTypeUrl(prefix?: string): string;
                }

                namespace DataCaptureUploadMetadata {

                    /** Properties of a DataCaptureUploadMetadata. */
                    interface $Properties {

                        /** DataCaptureUploadMetadata uploadMetadata */
                        uploadMetadata?: (viam.app.datasync.v1.UploadMetadata.$Properties|null);

                        /** DataCaptureUploadMetadata sensorMetadata */
                        sensorMetadata?: (viam.app.datasync.v1.SensorMetadata.$Properties|null);

                        /** Unknown fields preserved while decoding when enabled */
                        $unknowns?: Uint8Array[];
                    }

                    /** Shape of a DataCaptureUploadMetadata. */
                    type $Shape = viam.app.datasync.v1.DataCaptureUploadMetadata.$Properties;
                }

                /**
                 * Properties of a StreamingDataCaptureUploadResponse.
                 * @deprecated Use viam.app.datasync.v1.StreamingDataCaptureUploadResponse.$Properties instead.
                 */
                interface IStreamingDataCaptureUploadResponse extends viam.app.datasync.v1.StreamingDataCaptureUploadResponse.$Properties {
                }

                /** Represents a StreamingDataCaptureUploadResponse. */
                class StreamingDataCaptureUploadResponse {

                    /**
                     * Constructs a new StreamingDataCaptureUploadResponse.
                     * @param [properties] Properties to set
                     */
                    constructor(properties?: viam.app.datasync.v1.StreamingDataCaptureUploadResponse.$Properties);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];

                    /** StreamingDataCaptureUploadResponse fileId. */
                    fileId: string;

                    /** StreamingDataCaptureUploadResponse binaryDataId. */
                    binaryDataId: string;

                    /**
                     * Encodes the specified StreamingDataCaptureUploadResponse message. Does not implicitly {@link viam.app.datasync.v1.StreamingDataCaptureUploadResponse.verify|verify} messages.
                     * @param message StreamingDataCaptureUploadResponse message or plain object to encode
                     * @param [writer] Writer to encode to
                     * @returns Writer
                     */
                    static encode(message: viam.app.datasync.v1.StreamingDataCaptureUploadResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                    /**
                     * Decodes a StreamingDataCaptureUploadResponse message from the specified reader or buffer.
                     * @param reader Reader or buffer to decode from
                     * @param [length] Message length if known beforehand
                     * @returns {viam.app.datasync.v1.StreamingDataCaptureUploadResponse & viam.app.datasync.v1.StreamingDataCaptureUploadResponse.$Shape} StreamingDataCaptureUploadResponse
                     * @throws {Error} If the payload is not a reader or valid buffer
                     * @throws {$protobuf.util.ProtocolError} If required fields are missing
                     */
                    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): viam.app.datasync.v1.StreamingDataCaptureUploadResponse & viam.app.datasync.v1.StreamingDataCaptureUploadResponse.$Shape;

                    /**
                     * Gets the type url for StreamingDataCaptureUploadResponse
                     * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                     * @returns The type url
                     */
                    static getTypeUrl(prefix?: string): string;
                }

                namespace StreamingDataCaptureUploadResponse {

                    /** Properties of a StreamingDataCaptureUploadResponse. */
                    interface $Properties {

                        /** StreamingDataCaptureUploadResponse fileId */
                        fileId?: (string|null);

                        /** StreamingDataCaptureUploadResponse binaryDataId */
                        binaryDataId?: (string|null);

                        /** Unknown fields preserved while decoding when enabled */
                        $unknowns?: Uint8Array[];
                    }

                    /** Shape of a StreamingDataCaptureUploadResponse. */
                    type $Shape = viam.app.datasync.v1.StreamingDataCaptureUploadResponse.$Properties;
                }

                /** DataType enum. */
                enum DataType {

                    /** DATA_TYPE_UNSPECIFIED value */
                    DATA_TYPE_UNSPECIFIED = 0,

                    /** DATA_TYPE_BINARY_SENSOR value */
                    DATA_TYPE_BINARY_SENSOR = 1,

                    /** DATA_TYPE_TABULAR_SENSOR value */
                    DATA_TYPE_TABULAR_SENSOR = 2,

                    /** DATA_TYPE_FILE value */
                    DATA_TYPE_FILE = 3
                }

                /** MimeType enum. */
                enum MimeType {

                    /** MIME_TYPE_UNSPECIFIED value */
                    MIME_TYPE_UNSPECIFIED = 0,

                    /** MIME_TYPE_IMAGE_JPEG value */
                    MIME_TYPE_IMAGE_JPEG = 1,

                    /** MIME_TYPE_IMAGE_PNG value */
                    MIME_TYPE_IMAGE_PNG = 2,

                    /** MIME_TYPE_APPLICATION_PCD value */
                    MIME_TYPE_APPLICATION_PCD = 3,

                    /** MIME_TYPE_VIDEO_MP4 value */
                    MIME_TYPE_VIDEO_MP4 = 4
                }

                /**
                 * Properties of an UploadMetadata.
                 * @deprecated Use viam.app.datasync.v1.UploadMetadata.$Properties instead.
                 */
                interface IUploadMetadata extends viam.app.datasync.v1.UploadMetadata.$Properties {
                }

                /** Represents an UploadMetadata. */
                class UploadMetadata {

                    /**
                     * Constructs a new UploadMetadata.
                     * @param [properties] Properties to set
                     */
                    constructor(properties?: viam.app.datasync.v1.UploadMetadata.$Properties);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];

                    /** UploadMetadata partId. */
                    partId: string;

                    /** UploadMetadata componentType. */
                    componentType: string;

                    /** UploadMetadata componentName. */
                    componentName: string;

                    /** UploadMetadata methodName. */
                    methodName: string;

                    /** UploadMetadata type. */
                    type: viam.app.datasync.v1.DataType;

                    /** UploadMetadata fileName. */
                    fileName: string;

                    /** UploadMetadata methodParameters. */
                    methodParameters: { [k: string]: google.protobuf.Any.$Properties };

                    /** UploadMetadata fileExtension. */
                    fileExtension: string;

                    /** UploadMetadata tags. */
                    tags: string[];

                    /** UploadMetadata datasetIds. */
                    datasetIds: string[];

                    /** UploadMetadata mimeType. */
                    mimeType: string;

                    /** UploadMetadata fileCreateTime. */
                    fileCreateTime?: (google.protobuf.Timestamp.$Properties|null);

                    /** UploadMetadata fileModifyTime. */
                    fileModifyTime?: (google.protobuf.Timestamp.$Properties|null);

                    /**
                     * Encodes the specified UploadMetadata message. Does not implicitly {@link viam.app.datasync.v1.UploadMetadata.verify|verify} messages.
                     * @param message UploadMetadata message or plain object to encode
                     * @param [writer] Writer to encode to
                     * @returns Writer
                     */
                    static encode(message: viam.app.datasync.v1.UploadMetadata.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                    /**
                     * Decodes an UploadMetadata message from the specified reader or buffer.
                     * @param reader Reader or buffer to decode from
                     * @param [length] Message length if known beforehand
                     * @returns {viam.app.datasync.v1.UploadMetadata & viam.app.datasync.v1.UploadMetadata.$Shape} UploadMetadata
                     * @throws {Error} If the payload is not a reader or valid buffer
                     * @throws {$protobuf.util.ProtocolError} If required fields are missing
                     */
                    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): viam.app.datasync.v1.UploadMetadata & viam.app.datasync.v1.UploadMetadata.$Shape;

                    /**
                     * Gets the type url for UploadMetadata
                     * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                     * @returns The type url
                     */
                    static getTypeUrl(prefix?: string): string;
                }

                namespace UploadMetadata {

                    /** Properties of an UploadMetadata. */
                    interface $Properties {

                        /** UploadMetadata partId */
                        partId?: (string|null);

                        /** UploadMetadata componentType */
                        componentType?: (string|null);

                        /** UploadMetadata componentName */
                        componentName?: (string|null);

                        /** UploadMetadata methodName */
                        methodName?: (string|null);

                        /** UploadMetadata type */
                        type?: (viam.app.datasync.v1.DataType|null);

                        /** UploadMetadata fileName */
                        fileName?: (string|null);

                        /** UploadMetadata methodParameters */
                        methodParameters?: ({ [k: string]: google.protobuf.Any.$Properties }|null);

                        /** UploadMetadata fileExtension */
                        fileExtension?: (string|null);

                        /** UploadMetadata tags */
                        tags?: (string[]|null);

                        /** UploadMetadata datasetIds */
                        datasetIds?: (string[]|null);

                        /** UploadMetadata mimeType */
                        mimeType?: (string|null);

                        /** UploadMetadata fileCreateTime */
                        fileCreateTime?: (google.protobuf.Timestamp.$Properties|null);

                        /** UploadMetadata fileModifyTime */
                        fileModifyTime?: (google.protobuf.Timestamp.$Properties|null);

                        /** Unknown fields preserved while decoding when enabled */
                        $unknowns?: Uint8Array[];
                    }

                    /** Shape of an UploadMetadata. */
                    type $Shape = viam.app.datasync.v1.UploadMetadata.$Properties;
                }

                /**
                 * Properties of a SensorData.
                 * @deprecated Use viam.app.datasync.v1.SensorData.$Properties instead.
                 */
                interface ISensorData extends viam.app.datasync.v1.SensorData.$Properties {
                }

                /** Represents a SensorData. */
                class SensorData {

                    /**
                     * Constructs a new SensorData.
                     * @param [properties] Properties to set
                     */
                    constructor(properties?: viam.app.datasync.v1.SensorData.$Properties);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];

                    /** SensorData metadata. */
                    metadata?: (viam.app.datasync.v1.SensorMetadata.$Properties|null);

                    /** SensorData struct. */
                    struct?: (google.protobuf.Struct.$Properties|null);

                    /** SensorData binary. */
                    binary?: (Uint8Array|null);

                    /** SensorData data. */
                    data?: ("struct"|"binary");

                    /**
                     * Encodes the specified SensorData message. Does not implicitly {@link viam.app.datasync.v1.SensorData.verify|verify} messages.
                     * @param message SensorData message or plain object to encode
                     * @param [writer] Writer to encode to
                     * @returns Writer
                     */
                    static encode(message: viam.app.datasync.v1.SensorData.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                    /**
                     * Decodes a SensorData message from the specified reader or buffer.
                     * @param reader Reader or buffer to decode from
                     * @param [length] Message length if known beforehand
                     * @returns {viam.app.datasync.v1.SensorData & viam.app.datasync.v1.SensorData.$Shape} SensorData
                     * @throws {Error} If the payload is not a reader or valid buffer
                     * @throws {$protobuf.util.ProtocolError} If required fields are missing
                     */
                    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): viam.app.datasync.v1.SensorData & viam.app.datasync.v1.SensorData.$Shape;

                    /**
                     * Gets the type url for SensorData
                     * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                     * @returns The type url
                     */
                    static getTypeUrl(prefix?: string): string;
                }

                namespace SensorData {

                    /** Properties of a SensorData. */
                    interface $Properties {

                        /** SensorData metadata */
                        metadata?: (viam.app.datasync.v1.SensorMetadata.$Properties|null);

                        /** SensorData struct */
                        struct?: (google.protobuf.Struct.$Properties|null);

                        /** SensorData binary */
                        binary?: (Uint8Array|null);

                        /** SensorData data */
                        data?: ("struct"|"binary");

                        /** Unknown fields preserved while decoding when enabled */
                        $unknowns?: Uint8Array[];
                    }

                    /** Narrowed shape of a SensorData. */
                    type $Shape = {
                      metadata?: viam.app.datasync.v1.SensorMetadata.$Shape|null;
                      struct?: google.protobuf.Struct.$Shape|null;
                      binary?: Uint8Array|null;
                      $unknowns?: Uint8Array[];
                    } & (
                      ({ data?: undefined; struct?: null; binary?: null }|{ data?: "struct"; struct: google.protobuf.Struct.$Shape; binary?: null }|{ data?: "binary"; struct?: null; binary: Uint8Array })
                    );
                }

                /**
                 * Properties of a SensorMetadata.
                 * @deprecated Use viam.app.datasync.v1.SensorMetadata.$Properties instead.
                 */
                interface ISensorMetadata extends viam.app.datasync.v1.SensorMetadata.$Properties {
                }

                /** Represents a SensorMetadata. */
                class SensorMetadata {

                    /**
                     * Constructs a new SensorMetadata.
                     * @param [properties] Properties to set
                     */
                    constructor(properties?: viam.app.datasync.v1.SensorMetadata.$Properties);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];

                    /** SensorMetadata timeRequested. */
                    timeRequested?: (google.protobuf.Timestamp.$Properties|null);

                    /** SensorMetadata timeReceived. */
                    timeReceived?: (google.protobuf.Timestamp.$Properties|null);

                    /** SensorMetadata mimeType. */
                    mimeType: viam.app.datasync.v1.MimeType;

                    /** SensorMetadata annotations. */
                    annotations?: (viam.app.data.v1.Annotations.$Properties|null);

                    /**
                     * Encodes the specified SensorMetadata message. Does not implicitly {@link viam.app.datasync.v1.SensorMetadata.verify|verify} messages.
                     * @param message SensorMetadata message or plain object to encode
                     * @param [writer] Writer to encode to
                     * @returns Writer
                     */
                    static encode(message: viam.app.datasync.v1.SensorMetadata.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                    /**
                     * Decodes a SensorMetadata message from the specified reader or buffer.
                     * @param reader Reader or buffer to decode from
                     * @param [length] Message length if known beforehand
                     * @returns {viam.app.datasync.v1.SensorMetadata & viam.app.datasync.v1.SensorMetadata.$Shape} SensorMetadata
                     * @throws {Error} If the payload is not a reader or valid buffer
                     * @throws {$protobuf.util.ProtocolError} If required fields are missing
                     */
                    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): viam.app.datasync.v1.SensorMetadata & viam.app.datasync.v1.SensorMetadata.$Shape;

                    /**
                     * Gets the type url for SensorMetadata
                     * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                     * @returns The type url
                     */
                    static getTypeUrl(prefix?: string): string;
                }

                namespace SensorMetadata {

                    /** Properties of a SensorMetadata. */
                    interface $Properties {

                        /** SensorMetadata timeRequested */
                        timeRequested?: (google.protobuf.Timestamp.$Properties|null);

                        /** SensorMetadata timeReceived */
                        timeReceived?: (google.protobuf.Timestamp.$Properties|null);

                        /** SensorMetadata mimeType */
                        mimeType?: (viam.app.datasync.v1.MimeType|null);

                        /** SensorMetadata annotations */
                        annotations?: (viam.app.data.v1.Annotations.$Properties|null);

                        /** Unknown fields preserved while decoding when enabled */
                        $unknowns?: Uint8Array[];
                    }

                    /** Shape of a SensorMetadata. */
                    type $Shape = viam.app.datasync.v1.SensorMetadata.$Properties;
                }

                /**
                 * Properties of a DataCaptureMetadata.
                 * @deprecated Use viam.app.datasync.v1.DataCaptureMetadata.$Properties instead.
                 */
                interface IDataCaptureMetadata extends viam.app.datasync.v1.DataCaptureMetadata.$Properties {
                }

                /** Represents a DataCaptureMetadata. */
                class DataCaptureMetadata {

                    /**
                     * Constructs a new DataCaptureMetadata.
                     * @param [properties] Properties to set
                     */
                    constructor(properties?: viam.app.datasync.v1.DataCaptureMetadata.$Properties);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];

                    /** DataCaptureMetadata componentType. */
                    componentType: string;

                    /** DataCaptureMetadata componentName. */
                    componentName: string;

                    /** DataCaptureMetadata methodName. */
                    methodName: string;

                    /** DataCaptureMetadata type. */
                    type: viam.app.datasync.v1.DataType;

                    /** DataCaptureMetadata methodParameters. */
                    methodParameters: { [k: string]: google.protobuf.Any.$Properties };

                    /** DataCaptureMetadata fileExtension. */
                    fileExtension: string;

                    /** DataCaptureMetadata tags. */
                    tags: string[];

                    /** DataCaptureMetadata mimeType. */
                    mimeType: string;

                    /**
                     * Encodes the specified DataCaptureMetadata message. Does not implicitly {@link viam.app.datasync.v1.DataCaptureMetadata.verify|verify} messages.
                     * @param message DataCaptureMetadata message or plain object to encode
                     * @param [writer] Writer to encode to
                     * @returns Writer
                     */
                    static encode(message: viam.app.datasync.v1.DataCaptureMetadata.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                    /**
                     * Decodes a DataCaptureMetadata message from the specified reader or buffer.
                     * @param reader Reader or buffer to decode from
                     * @param [length] Message length if known beforehand
                     * @returns {viam.app.datasync.v1.DataCaptureMetadata & viam.app.datasync.v1.DataCaptureMetadata.$Shape} DataCaptureMetadata
                     * @throws {Error} If the payload is not a reader or valid buffer
                     * @throws {$protobuf.util.ProtocolError} If required fields are missing
                     */
                    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): viam.app.datasync.v1.DataCaptureMetadata & viam.app.datasync.v1.DataCaptureMetadata.$Shape;

                    /**
                     * Gets the type url for DataCaptureMetadata
                     * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                     * @returns The type url
                     */
                    static getTypeUrl(prefix?: string): string;
                }

                namespace DataCaptureMetadata {

                    /** Properties of a DataCaptureMetadata. */
                    interface $Properties {

                        /** DataCaptureMetadata componentType */
                        componentType?: (string|null);

                        /** DataCaptureMetadata componentName */
                        componentName?: (string|null);

                        /** DataCaptureMetadata methodName */
                        methodName?: (string|null);

                        /** DataCaptureMetadata type */
                        type?: (viam.app.datasync.v1.DataType|null);

                        /** DataCaptureMetadata methodParameters */
                        methodParameters?: ({ [k: string]: google.protobuf.Any.$Properties }|null);

                        /** DataCaptureMetadata fileExtension */
                        fileExtension?: (string|null);

                        /** DataCaptureMetadata tags */
                        tags?: (string[]|null);

                        /** DataCaptureMetadata mimeType */
                        mimeType?: (string|null);

                        /** Unknown fields preserved while decoding when enabled */
                        $unknowns?: Uint8Array[];
                    }

                    /** Shape of a DataCaptureMetadata. */
                    type $Shape = viam.app.datasync.v1.DataCaptureMetadata.$Properties;
                }
            }
        }

        /** Namespace data. */
        namespace data {

            /** Namespace v1. */
            namespace v1 {

                /**
                 * Properties of a CreateSequenceRequest.
                 * @deprecated Use viam.app.data.v1.CreateSequenceRequest.$Properties instead.
                 */
                interface ICreateSequenceRequest extends viam.app.data.v1.CreateSequenceRequest.$Properties {
                }

                /** Represents a CreateSequenceRequest. */
                class CreateSequenceRequest {

                    /**
                     * Constructs a new CreateSequenceRequest.
                     * @param [properties] Properties to set
                     */
                    constructor(properties?: viam.app.data.v1.CreateSequenceRequest.$Properties);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];

                    /** CreateSequenceRequest resources. */
                    resources: viam.app.data.v1.SequenceResourceFilter.$Properties[];

                    /** CreateSequenceRequest sequenceTags. */
                    sequenceTags: string[];

                    /** CreateSequenceRequest startTime. */
                    startTime?: (google.protobuf.Timestamp.$Properties|null);

                    /** CreateSequenceRequest endTime. */
                    endTime?: (google.protobuf.Timestamp.$Properties|null);

                    /** CreateSequenceRequest partId. */
                    partId: string;

                    /**
                     * Encodes the specified CreateSequenceRequest message. Does not implicitly {@link viam.app.data.v1.CreateSequenceRequest.verify|verify} messages.
                     * @param message CreateSequenceRequest message or plain object to encode
                     * @param [writer] Writer to encode to
                     * @returns Writer
                     */
                    static encode(message: viam.app.data.v1.CreateSequenceRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                    /**
                     * Decodes a CreateSequenceRequest message from the specified reader or buffer.
                     * @param reader Reader or buffer to decode from
                     * @param [length] Message length if known beforehand
                     * @returns {viam.app.data.v1.CreateSequenceRequest & viam.app.data.v1.CreateSequenceRequest.$Shape} CreateSequenceRequest
                     * @throws {Error} If the payload is not a reader or valid buffer
                     * @throws {$protobuf.util.ProtocolError} If required fields are missing
                     */
                    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): viam.app.data.v1.CreateSequenceRequest & viam.app.data.v1.CreateSequenceRequest.$Shape;

                    /**
                     * Gets the type url for CreateSequenceRequest
                     * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                     * @returns The type url
                     */
                    static getTypeUrl(prefix?: string): string;
                }

                namespace CreateSequenceRequest {

                    /** Properties of a CreateSequenceRequest. */
                    interface $Properties {

                        /** CreateSequenceRequest resources */
                        resources?: (viam.app.data.v1.SequenceResourceFilter.$Properties[]|null);

                        /** CreateSequenceRequest sequenceTags */
                        sequenceTags?: (string[]|null);

                        /** CreateSequenceRequest startTime */
                        startTime?: (google.protobuf.Timestamp.$Properties|null);

                        /** CreateSequenceRequest endTime */
                        endTime?: (google.protobuf.Timestamp.$Properties|null);

                        /** CreateSequenceRequest partId */
                        partId?: (string|null);

                        /** Unknown fields preserved while decoding when enabled */
                        $unknowns?: Uint8Array[];
                    }

                    /** Shape of a CreateSequenceRequest. */
                    type $Shape = viam.app.data.v1.CreateSequenceRequest.$Properties;
                }

                /**
                 * Properties of a SequenceResourceFilter.
                 * @deprecated Use viam.app.data.v1.SequenceResourceFilter.$Properties instead.
                 */
                interface ISequenceResourceFilter extends viam.app.data.v1.SequenceResourceFilter.$Properties {
                }

                /** Represents a SequenceResourceFilter. */
                class SequenceResourceFilter {

                    /**
                     * Constructs a new SequenceResourceFilter.
                     * @param [properties] Properties to set
                     */
                    constructor(properties?: viam.app.data.v1.SequenceResourceFilter.$Properties);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];

                    /** SequenceResourceFilter resourceName. */
                    resourceName: string;

                    /** SequenceResourceFilter methodName. */
                    methodName: string;

                    /**
                     * Encodes the specified SequenceResourceFilter message. Does not implicitly {@link viam.app.data.v1.SequenceResourceFilter.verify|verify} messages.
                     * @param message SequenceResourceFilter message or plain object to encode
                     * @param [writer] Writer to encode to
                     * @returns Writer
                     */
                    static encode(message: viam.app.data.v1.SequenceResourceFilter.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                    /**
                     * Decodes a SequenceResourceFilter message from the specified reader or buffer.
                     * @param reader Reader or buffer to decode from
                     * @param [length] Message length if known beforehand
                     * @returns {viam.app.data.v1.SequenceResourceFilter & viam.app.data.v1.SequenceResourceFilter.$Shape} SequenceResourceFilter
                     * @throws {Error} If the payload is not a reader or valid buffer
                     * @throws {$protobuf.util.ProtocolError} If required fields are missing
                     */
                    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): viam.app.data.v1.SequenceResourceFilter & viam.app.data.v1.SequenceResourceFilter.$Shape;

                    /**
                     * Gets the type url for SequenceResourceFilter
                     * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                     * @returns The type url
                     */
                    static getTypeUrl(prefix?: string): string;
                }

                namespace SequenceResourceFilter {

                    /** Properties of a SequenceResourceFilter. */
                    interface $Properties {

                        /** SequenceResourceFilter resourceName */
                        resourceName?: (string|null);

                        /** SequenceResourceFilter methodName */
                        methodName?: (string|null);

                        /** Unknown fields preserved while decoding when enabled */
                        $unknowns?: Uint8Array[];
                    }

                    /** Shape of a SequenceResourceFilter. */
                    type $Shape = viam.app.data.v1.SequenceResourceFilter.$Properties;
                }

                /**
                 * Properties of a CreateSequenceResponse.
                 * @deprecated Use viam.app.data.v1.CreateSequenceResponse.$Properties instead.
                 */
                interface ICreateSequenceResponse extends viam.app.data.v1.CreateSequenceResponse.$Properties {
                }

                /** Represents a CreateSequenceResponse. */
                class CreateSequenceResponse {

                    /**
                     * Constructs a new CreateSequenceResponse.
                     * @param [properties] Properties to set
                     */
                    constructor(properties?: viam.app.data.v1.CreateSequenceResponse.$Properties);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];

                    /** CreateSequenceResponse id. */
                    id: string;

                    /**
                     * Encodes the specified CreateSequenceResponse message. Does not implicitly {@link viam.app.data.v1.CreateSequenceResponse.verify|verify} messages.
                     * @param message CreateSequenceResponse message or plain object to encode
                     * @param [writer] Writer to encode to
                     * @returns Writer
                     */
                    static encode(message: viam.app.data.v1.CreateSequenceResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                    /**
                     * Decodes a CreateSequenceResponse message from the specified reader or buffer.
                     * @param reader Reader or buffer to decode from
                     * @param [length] Message length if known beforehand
                     * @returns {viam.app.data.v1.CreateSequenceResponse & viam.app.data.v1.CreateSequenceResponse.$Shape} CreateSequenceResponse
                     * @throws {Error} If the payload is not a reader or valid buffer
                     * @throws {$protobuf.util.ProtocolError} If required fields are missing
                     */
                    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): viam.app.data.v1.CreateSequenceResponse & viam.app.data.v1.CreateSequenceResponse.$Shape;

                    /**
                     * Gets the type url for CreateSequenceResponse
                     * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                     * @returns The type url
                     */
                    static getTypeUrl(prefix?: string): string;
                }

                namespace CreateSequenceResponse {

                    /** Properties of a CreateSequenceResponse. */
                    interface $Properties {

                        /** CreateSequenceResponse id */
                        id?: (string|null);

                        /** Unknown fields preserved while decoding when enabled */
                        $unknowns?: Uint8Array[];
                    }

                    /** Shape of a CreateSequenceResponse. */
                    type $Shape = viam.app.data.v1.CreateSequenceResponse.$Properties;
                }

                /**
                 * Properties of an Annotations.
                 * @deprecated Use viam.app.data.v1.Annotations.$Properties instead.
                 */
                interface IAnnotations extends viam.app.data.v1.Annotations.$Properties {
                }

                /** Represents an Annotations. */
                class Annotations {

                    /**
                     * Constructs a new Annotations.
                     * @param [properties] Properties to set
                     */
                    constructor(properties?: viam.app.data.v1.Annotations.$Properties);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];

                    /** Annotations bboxes. */
                    bboxes: viam.app.data.v1.BoundingBox.$Properties[];

                    /** Annotations classifications. */
                    classifications: viam.app.data.v1.Classification.$Properties[];

                    /**
                     * Encodes the specified Annotations message. Does not implicitly {@link viam.app.data.v1.Annotations.verify|verify} messages.
                     * @param message Annotations message or plain object to encode
                     * @param [writer] Writer to encode to
                     * @returns Writer
                     */
                    static encode(message: viam.app.data.v1.Annotations.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                    /**
                     * Decodes an Annotations message from the specified reader or buffer.
                     * @param reader Reader or buffer to decode from
                     * @param [length] Message length if known beforehand
                     * @returns {viam.app.data.v1.Annotations & viam.app.data.v1.Annotations.$Shape} Annotations
                     * @throws {Error} If the payload is not a reader or valid buffer
                     * @throws {$protobuf.util.ProtocolError} If required fields are missing
                     */
                    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): viam.app.data.v1.Annotations & viam.app.data.v1.Annotations.$Shape;

                    /**
                     * Gets the type url for Annotations
                     * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                     * @returns The type url
                     */
                    static getTypeUrl(prefix?: string): string;
                }

                namespace Annotations {

                    /** Properties of an Annotations. */
                    interface $Properties {

                        /** Annotations bboxes */
                        bboxes?: (viam.app.data.v1.BoundingBox.$Properties[]|null);

                        /** Annotations classifications */
                        classifications?: (viam.app.data.v1.Classification.$Properties[]|null);

                        /** Unknown fields preserved while decoding when enabled */
                        $unknowns?: Uint8Array[];
                    }

                    /** Shape of an Annotations. */
                    type $Shape = viam.app.data.v1.Annotations.$Properties;
                }

                /**
                 * Properties of a BoundingBox.
                 * @deprecated Use viam.app.data.v1.BoundingBox.$Properties instead.
                 */
                interface IBoundingBox extends viam.app.data.v1.BoundingBox.$Properties {
                }

                /** Represents a BoundingBox. */
                class BoundingBox {

                    /**
                     * Constructs a new BoundingBox.
                     * @param [properties] Properties to set
                     */
                    constructor(properties?: viam.app.data.v1.BoundingBox.$Properties);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];

                    /** BoundingBox id. */
                    id: string;

                    /** BoundingBox label. */
                    label: string;

                    /** BoundingBox xMinNormalized. */
                    xMinNormalized: number;

                    /** BoundingBox yMinNormalized. */
                    yMinNormalized: number;

                    /** BoundingBox xMaxNormalized. */
                    xMaxNormalized: number;

                    /** BoundingBox yMaxNormalized. */
                    yMaxNormalized: number;

                    /** BoundingBox confidence. */
                    confidence?: (number|null);

                    /**
                     * Encodes the specified BoundingBox message. Does not implicitly {@link viam.app.data.v1.BoundingBox.verify|verify} messages.
                     * @param message BoundingBox message or plain object to encode
                     * @param [writer] Writer to encode to
                     * @returns Writer
                     */
                    static encode(message: viam.app.data.v1.BoundingBox.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                    /**
                     * Decodes a BoundingBox message from the specified reader or buffer.
                     * @param reader Reader or buffer to decode from
                     * @param [length] Message length if known beforehand
                     * @returns {viam.app.data.v1.BoundingBox & viam.app.data.v1.BoundingBox.$Shape} BoundingBox
                     * @throws {Error} If the payload is not a reader or valid buffer
                     * @throws {$protobuf.util.ProtocolError} If required fields are missing
                     */
                    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): viam.app.data.v1.BoundingBox & viam.app.data.v1.BoundingBox.$Shape;

                    /**
                     * Gets the type url for BoundingBox
                     * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                     * @returns The type url
                     */
                    static getTypeUrl(prefix?: string): string;
                }

                namespace BoundingBox {

                    /** Properties of a BoundingBox. */
                    interface $Properties {

                        /** BoundingBox id */
                        id?: (string|null);

                        /** BoundingBox label */
                        label?: (string|null);

                        /** BoundingBox xMinNormalized */
                        xMinNormalized?: (number|null);

                        /** BoundingBox yMinNormalized */
                        yMinNormalized?: (number|null);

                        /** BoundingBox xMaxNormalized */
                        xMaxNormalized?: (number|null);

                        /** BoundingBox yMaxNormalized */
                        yMaxNormalized?: (number|null);

                        /** BoundingBox confidence */
                        confidence?: (number|null);

                        /** Unknown fields preserved while decoding when enabled */
                        $unknowns?: Uint8Array[];
                    }

                    /** Shape of a BoundingBox. */
                    type $Shape = viam.app.data.v1.BoundingBox.$Properties;
                }

                /**
                 * Properties of a Classification.
                 * @deprecated Use viam.app.data.v1.Classification.$Properties instead.
                 */
                interface IClassification extends viam.app.data.v1.Classification.$Properties {
                }

                /** Represents a Classification. */
                class Classification {

                    /**
                     * Constructs a new Classification.
                     * @param [properties] Properties to set
                     */
                    constructor(properties?: viam.app.data.v1.Classification.$Properties);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];

                    /** Classification label. */
                    label: string;

                    /** Classification confidence. */
                    confidence?: (number|null);

                    /** Classification id. */
                    id: string;

                    /**
                     * Encodes the specified Classification message. Does not implicitly {@link viam.app.data.v1.Classification.verify|verify} messages.
                     * @param message Classification message or plain object to encode
                     * @param [writer] Writer to encode to
                     * @returns Writer
                     */
                    static encode(message: viam.app.data.v1.Classification.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                    /**
                     * Decodes a Classification message from the specified reader or buffer.
                     * @param reader Reader or buffer to decode from
                     * @param [length] Message length if known beforehand
                     * @returns {viam.app.data.v1.Classification & viam.app.data.v1.Classification.$Shape} Classification
                     * @throws {Error} If the payload is not a reader or valid buffer
                     * @throws {$protobuf.util.ProtocolError} If required fields are missing
                     */
                    static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): viam.app.data.v1.Classification & viam.app.data.v1.Classification.$Shape;

                    /**
                     * Gets the type url for Classification
                     * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                     * @returns The type url
                     */
                    static getTypeUrl(prefix?: string): string;
                }

                namespace Classification {

                    /** Properties of a Classification. */
                    interface $Properties {

                        /** Classification label */
                        label?: (string|null);

                        /** Classification confidence */
                        confidence?: (number|null);

                        /** Classification id */
                        id?: (string|null);

                        /** Unknown fields preserved while decoding when enabled */
                        $unknowns?: Uint8Array[];
                    }

                    /** Shape of a Classification. */
                    type $Shape = viam.app.data.v1.Classification.$Properties;
                }
            }
        }
    }
}

/** Namespace google. */
export namespace google {

    /** Namespace protobuf. */
    namespace protobuf {

        /**
         * Properties of an Any.
         * @deprecated Use google.protobuf.Any.$Properties instead.
         */
        interface IAny extends google.protobuf.Any.$Properties {
        }

        /** Represents an Any. */
        class Any {

            /**
             * Constructs a new Any.
             * @param [properties] Properties to set
             */
            constructor(properties?: google.protobuf.Any.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Any type_url. */
            type_url: string;

            /** Any value. */
            value: Uint8Array;

            /**
             * Encodes the specified Any message. Does not implicitly {@link google.protobuf.Any.verify|verify} messages.
             * @param message Any message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: google.protobuf.Any.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Any message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {google.protobuf.Any & google.protobuf.Any.$Shape} Any
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): google.protobuf.Any & google.protobuf.Any.$Shape;

            /**
             * Gets the type url for Any
             * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns The type url
             */
            static getTypeUrl(prefix?: string): string;
        }

        namespace Any {

            /** Properties of an Any. */
            interface $Properties {

                /** Any type_url */
                type_url?: (string|null);

                /** Any value */
                value?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Any. */
            type $Shape = google.protobuf.Any.$Properties;
        }

        /**
         * Properties of a Struct.
         * @deprecated Use google.protobuf.Struct.$Properties instead.
         */
        interface IStruct extends google.protobuf.Struct.$Properties {
        }

        /** Represents a Struct. */
        class Struct {

            /**
             * Constructs a new Struct.
             * @param [properties] Properties to set
             */
            constructor(properties?: google.protobuf.Struct.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Struct fields. */
            fields: { [k: string]: google.protobuf.Value.$Properties };

            /**
             * Encodes the specified Struct message. Does not implicitly {@link google.protobuf.Struct.verify|verify} messages.
             * @param message Struct message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: google.protobuf.Struct.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Struct message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {google.protobuf.Struct & google.protobuf.Struct.$Shape} Struct
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): google.protobuf.Struct & google.protobuf.Struct.$Shape;

            /**
             * Gets the type url for Struct
             * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns The type url
             */
            static getTypeUrl(prefix?: string): string;
        }

        namespace Struct {

            /** Properties of a Struct. */
            interface $Properties {

                /** Struct fields */
                fields?: ({ [k: string]: google.protobuf.Value.$Properties }|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Struct. */
            type $Shape = {
              fields?: { [k: string]: google.protobuf.Value.$Shape }|null;
              $unknowns?: Uint8Array[];
            };
        }

        /**
         * Properties of a Value.
         * @deprecated Use google.protobuf.Value.$Properties instead.
         */
        interface IValue extends google.protobuf.Value.$Properties {
        }

        /** Represents a Value. */
        class Value {

            /**
             * Constructs a new Value.
             * @param [properties] Properties to set
             */
            constructor(properties?: google.protobuf.Value.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Value nullValue. */
            nullValue?: (google.protobuf.NullValue|null);

            /** Value numberValue. */
            numberValue?: (number|null);

            /** Value stringValue. */
            stringValue?: (string|null);

            /** Value boolValue. */
            boolValue?: (boolean|null);

            /** Value structValue. */
            structValue?: (google.protobuf.Struct.$Properties|null);

            /** Value listValue. */
            listValue?: (google.protobuf.ListValue.$Properties|null);

            /** Value kind. */
            kind?: ("nullValue"|"numberValue"|"stringValue"|"boolValue"|"structValue"|"listValue");

            /**
             * Encodes the specified Value message. Does not implicitly {@link google.protobuf.Value.verify|verify} messages.
             * @param message Value message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: google.protobuf.Value.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Value message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {google.protobuf.Value & google.protobuf.Value.$Shape} Value
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): google.protobuf.Value & google.protobuf.Value.$Shape;

            /**
             * Gets the type url for Value
             * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns The type url
             */
            static getTypeUrl(prefix?: string): string;
        }

        namespace Value {

            /** Properties of a Value. */
            interface $Properties {

                /** Value nullValue */
                nullValue?: (google.protobuf.NullValue|null);

                /** Value numberValue */
                numberValue?: (number|null);

                /** Value stringValue */
                stringValue?: (string|null);

                /** Value boolValue */
                boolValue?: (boolean|null);

                /** Value structValue */
                structValue?: (google.protobuf.Struct.$Properties|null);

                /** Value listValue */
                listValue?: (google.protobuf.ListValue.$Properties|null);

                /** Value kind */
                kind?: ("nullValue"|"numberValue"|"stringValue"|"boolValue"|"structValue"|"listValue");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a Value. */
            type $Shape = {
              nullValue?: google.protobuf.NullValue|null;
              numberValue?: number|null;
              stringValue?: string|null;
              boolValue?: boolean|null;
              structValue?: google.protobuf.Struct.$Shape|null;
              listValue?: google.protobuf.ListValue.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ kind?: undefined; nullValue?: null; numberValue?: null; stringValue?: null; boolValue?: null; structValue?: null; listValue?: null }|{ kind?: "nullValue"; nullValue: google.protobuf.NullValue; numberValue?: null; stringValue?: null; boolValue?: null; structValue?: null; listValue?: null }|{ kind?: "numberValue"; nullValue?: null; numberValue: number; stringValue?: null; boolValue?: null; structValue?: null; listValue?: null }|{ kind?: "stringValue"; nullValue?: null; numberValue?: null; stringValue: string; boolValue?: null; structValue?: null; listValue?: null }|{ kind?: "boolValue"; nullValue?: null; numberValue?: null; stringValue?: null; boolValue: boolean; structValue?: null; listValue?: null }|{ kind?: "structValue"; nullValue?: null; numberValue?: null; stringValue?: null; boolValue?: null; structValue: google.protobuf.Struct.$Shape; listValue?: null }|{ kind?: "listValue"; nullValue?: null; numberValue?: null; stringValue?: null; boolValue?: null; structValue?: null; listValue: google.protobuf.ListValue.$Shape })
            );
        }

        /** NullValue enum. */
        enum NullValue {

            /** NULL_VALUE value */
            NULL_VALUE = 0
        }

        /**
         * Properties of a ListValue.
         * @deprecated Use google.protobuf.ListValue.$Properties instead.
         */
        interface IListValue extends google.protobuf.ListValue.$Properties {
        }

        /** Represents a ListValue. */
        class ListValue {

            /**
             * Constructs a new ListValue.
             * @param [properties] Properties to set
             */
            constructor(properties?: google.protobuf.ListValue.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ListValue values. */
            values: google.protobuf.Value.$Properties[];

            /**
             * Encodes the specified ListValue message. Does not implicitly {@link google.protobuf.ListValue.verify|verify} messages.
             * @param message ListValue message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: google.protobuf.ListValue.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ListValue message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {google.protobuf.ListValue & google.protobuf.ListValue.$Shape} ListValue
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): google.protobuf.ListValue & google.protobuf.ListValue.$Shape;

            /**
             * Gets the type url for ListValue
             * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns The type url
             */
            static getTypeUrl(prefix?: string): string;
        }

        namespace ListValue {

            /** Properties of a ListValue. */
            interface $Properties {

                /** ListValue values */
                values?: (google.protobuf.Value.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ListValue. */
            type $Shape = {
              values?: google.protobuf.Value.$Shape[]|null;
              $unknowns?: Uint8Array[];
            };
        }

        /**
         * Properties of a Timestamp.
         * @deprecated Use google.protobuf.Timestamp.$Properties instead.
         */
        interface ITimestamp extends google.protobuf.Timestamp.$Properties {
        }

        /** Represents a Timestamp. */
        class Timestamp {

            /**
             * Constructs a new Timestamp.
             * @param [properties] Properties to set
             */
            constructor(properties?: google.protobuf.Timestamp.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Timestamp seconds. */
            seconds: number;

            /** Timestamp nanos. */
            nanos: number;

            /**
             * Encodes the specified Timestamp message. Does not implicitly {@link google.protobuf.Timestamp.verify|verify} messages.
             * @param message Timestamp message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: google.protobuf.Timestamp.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Timestamp message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {google.protobuf.Timestamp & google.protobuf.Timestamp.$Shape} Timestamp
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): google.protobuf.Timestamp & google.protobuf.Timestamp.$Shape;

            /**
             * Gets the type url for Timestamp
             * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
             * @returns The type url
             */
            static getTypeUrl(prefix?: string): string;
        }

        namespace Timestamp {

            /** Properties of a Timestamp. */
            interface $Properties {

                /** Timestamp seconds */
                seconds?: (number|null);

                /** Timestamp nanos */
                nanos?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Timestamp. */
            type $Shape = google.protobuf.Timestamp.$Properties;
        }
    }
}

/** Namespace proto. */
export namespace proto {

    /** Namespace rpc. */
    namespace rpc {

        /** Namespace v1. */
        namespace v1 {

            /**
             * Properties of an AuthenticateRequest.
             * @deprecated Use proto.rpc.v1.AuthenticateRequest.$Properties instead.
             */
            interface IAuthenticateRequest extends proto.rpc.v1.AuthenticateRequest.$Properties {
            }

            /** Represents an AuthenticateRequest. */
            class AuthenticateRequest {

                /**
                 * Constructs a new AuthenticateRequest.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: proto.rpc.v1.AuthenticateRequest.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** AuthenticateRequest entity. */
                entity: string;

                /** AuthenticateRequest credentials. */
                credentials?: (proto.rpc.v1.Credentials.$Properties|null);

                /**
                 * Encodes the specified AuthenticateRequest message. Does not implicitly {@link proto.rpc.v1.AuthenticateRequest.verify|verify} messages.
                 * @param message AuthenticateRequest message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: proto.rpc.v1.AuthenticateRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an AuthenticateRequest message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {proto.rpc.v1.AuthenticateRequest & proto.rpc.v1.AuthenticateRequest.$Shape} AuthenticateRequest
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): proto.rpc.v1.AuthenticateRequest & proto.rpc.v1.AuthenticateRequest.$Shape;

                /**
                 * Gets the type url for AuthenticateRequest
                 * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                 * @returns The type url
                 */
                static getTypeUrl(prefix?: string): string;
            }

            namespace AuthenticateRequest {

                /** Properties of an AuthenticateRequest. */
                interface $Properties {

                    /** AuthenticateRequest entity */
                    entity?: (string|null);

                    /** AuthenticateRequest credentials */
                    credentials?: (proto.rpc.v1.Credentials.$Properties|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of an AuthenticateRequest. */
                type $Shape = proto.rpc.v1.AuthenticateRequest.$Properties;
            }

            /**
             * Properties of a Credentials.
             * @deprecated Use proto.rpc.v1.Credentials.$Properties instead.
             */
            interface ICredentials extends proto.rpc.v1.Credentials.$Properties {
            }

            /** Represents a Credentials. */
            class Credentials {

                /**
                 * Constructs a new Credentials.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: proto.rpc.v1.Credentials.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** Credentials type. */
                type: string;

                /** Credentials payload. */
                payload: string;

                /**
                 * Encodes the specified Credentials message. Does not implicitly {@link proto.rpc.v1.Credentials.verify|verify} messages.
                 * @param message Credentials message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: proto.rpc.v1.Credentials.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Credentials message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {proto.rpc.v1.Credentials & proto.rpc.v1.Credentials.$Shape} Credentials
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): proto.rpc.v1.Credentials & proto.rpc.v1.Credentials.$Shape;

                /**
                 * Gets the type url for Credentials
                 * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                 * @returns The type url
                 */
                static getTypeUrl(prefix?: string): string;
            }

            namespace Credentials {

                /** Properties of a Credentials. */
                interface $Properties {

                    /** Credentials type */
                    type?: (string|null);

                    /** Credentials payload */
                    payload?: (string|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of a Credentials. */
                type $Shape = proto.rpc.v1.Credentials.$Properties;
            }

            /**
             * Properties of an AuthenticateResponse.
             * @deprecated Use proto.rpc.v1.AuthenticateResponse.$Properties instead.
             */
            interface IAuthenticateResponse extends proto.rpc.v1.AuthenticateResponse.$Properties {
            }

            /** Represents an AuthenticateResponse. */
            class AuthenticateResponse {

                /**
                 * Constructs a new AuthenticateResponse.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: proto.rpc.v1.AuthenticateResponse.$Properties);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];

                /** AuthenticateResponse accessToken. */
                accessToken: string;

                /**
                 * Encodes the specified AuthenticateResponse message. Does not implicitly {@link proto.rpc.v1.AuthenticateResponse.verify|verify} messages.
                 * @param message AuthenticateResponse message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                static encode(message: proto.rpc.v1.AuthenticateResponse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an AuthenticateResponse message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns {proto.rpc.v1.AuthenticateResponse & proto.rpc.v1.AuthenticateResponse.$Shape} AuthenticateResponse
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): proto.rpc.v1.AuthenticateResponse & proto.rpc.v1.AuthenticateResponse.$Shape;

                /**
                 * Gets the type url for AuthenticateResponse
                 * @param [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
                 * @returns The type url
                 */
                static getTypeUrl(prefix?: string): string;
            }

            namespace AuthenticateResponse {

                /** Properties of an AuthenticateResponse. */
                interface $Properties {

                    /** AuthenticateResponse accessToken */
                    accessToken?: (string|null);

                    /** Unknown fields preserved while decoding when enabled */
                    $unknowns?: Uint8Array[];
                }

                /** Shape of an AuthenticateResponse. */
                type $Shape = proto.rpc.v1.AuthenticateResponse.$Properties;
            }
        }
    }
}
