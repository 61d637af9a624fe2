package io.ikigai.platform.autoconfigure;

import java.util.List;

import io.ikigai.platform.DatabaseHygiene;
import io.ikigai.platform.agent.AgentStore;
import io.ikigai.platform.cache.CacheLoads;
import io.ikigai.platform.cache.NearCacheStore;
import io.ikigai.platform.mailbox.MailboxStore;
import io.ikigai.platform.outbox.OutboxStore;
import io.ikigai.platform.outbox.SettlementStore;
import io.ikigai.platform.pubsub.TopicStore;
import io.ikigai.platform.queue.TaskInspection;
import io.ikigai.platform.queue.TaskStore;
import io.ikigai.platform.storage.ConversationStore;
import io.ikigai.platform.storage.DocumentStore;
import io.ikigai.platform.storage.DocumentVectors;
import io.ikigai.platform.telemetry.TelemetryStore;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.util.ClassUtils;

/**
 * What is found by name at run time, and cannot be seen by who processes an application
 * ahead of time: the SQL of the migrations, the socket factory that the driver makes, and
 * what the platform itself writes as JSON. The application's own payloads are its own to
 * name, as for any other use of Jackson.
 */
class PlatformRuntimeHints implements RuntimeHintsRegistrar {

	/** Private to their rooms, and known there only. */
	private static final List<String> WRITTEN_AS_JSON = List.of("io.ikigai.platform.nats.MailboxEnvelope$Travelling",
			"io.ikigai.platform.postgres.CacheChanges$Change", "io.ikigai.platform.runtime.OutboxBody$CacheChange",
			"io.ikigai.platform.runtime.OutboxBody$Mail", "io.ikigai.platform.runtime.OutboxBody$Outcome",
			"io.ikigai.platform.runtime.OutboxBody$Task");

	/** The stores of PostgreSQL, whose calls find their place in transactions. */
	private static final List<Class<?>> GUARDED = List.of(AgentStore.class, CacheLoads.class, ConversationStore.class,
			DatabaseHygiene.class, DocumentStore.class, DocumentVectors.class, MailboxStore.class, NearCacheStore.class,
			OutboxStore.class, SettlementStore.class, TaskInspection.class, TaskStore.class, TelemetryStore.class,
			TopicStore.class);

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.resources()
			.registerPattern("io/ikigai/platform/postgres/schema/*.sql")
			.registerPattern("META-INF/spring/" + SpringPlatformConnector.class.getName() + "$Connected.imports");
		BindingReflectionHintsRegistrar bound = new BindingReflectionHintsRegistrar();
		WRITTEN_AS_JSON.forEach((name) -> bound.registerReflectionHints(hints.reflection(),
				ClassUtils.resolveClassName(name, classLoader)));
		GUARDED.forEach((store) -> hints.proxies().registerJdkProxy(store));
		hints.reflection().registerType(ListenSocketFactory.class, MemberCategory.INVOKE_DECLARED_CONSTRUCTORS);
	}

}
