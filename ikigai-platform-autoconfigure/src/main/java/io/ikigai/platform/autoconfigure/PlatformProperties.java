package io.ikigai.platform.autoconfigure;

/**
 * All that is configured. Who starts or writes something asks for all of it, so that a
 * wrong value anywhere stops the start before that.
 *
 * @param postgres the database
 * @param schema the tables
 * @param agent this application
 * @param services which backend serves which service
 * @param queues task queues
 * @param cache the cache
 * @param payload payloads
 * @param telemetry telemetry
 * @param mailboxes mailboxes
 * @param pubsub publish and subscribe
 * @param storage the storage of documents
 * @param tracking which task queues are tracked
 */
record PlatformProperties(PostgresProperties postgres, SchemaProperties schema, AgentProperties agent,
		ServicesProperties services, QueuesProperties queues, CacheProperties cache, PayloadProperties payload,
		TelemetryProperties telemetry, MailboxesProperties mailboxes, PubSubProperties pubsub,
		StorageProperties storage, QueueTracking tracking) {
}
