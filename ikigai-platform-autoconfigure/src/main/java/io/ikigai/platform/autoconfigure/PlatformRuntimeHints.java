package io.ikigai.platform.autoconfigure;

import java.util.List;

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

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.resources()
			.registerPattern("io/ikigai/platform/postgres/schema/*.sql")
			.registerPattern("META-INF/spring/" + SpringPlatformConnector.class.getName() + "$Connected.imports");
		BindingReflectionHintsRegistrar bound = new BindingReflectionHintsRegistrar();
		WRITTEN_AS_JSON.forEach((name) -> bound.registerReflectionHints(hints.reflection(),
				ClassUtils.resolveClassName(name, classLoader)));
		hints.reflection().registerType(ListenSocketFactory.class, MemberCategory.INVOKE_DECLARED_CONSTRUCTORS);
	}

}
