package io.ikigai.platform.autoconfigure;

import java.util.List;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/**
 * Matches when no property names a database. One that is set to nothing names none.
 */
class OnNoDatabaseCondition extends SpringBootCondition {

	private static final List<String> KEYS = List.of("ikigai.postgres.url", "spring.datasource.url",
			"spring.datasource.jndi-name", "spring.datasource.hikari.jdbc-url");

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConditionMessage.Builder message = ConditionMessage.forCondition("no database configured");
		return KEYS.stream()
			.filter((key) -> StringUtils.hasText(context.getEnvironment().getProperty(key)))
			.findFirst()
			.map((key) -> ConditionOutcome.noMatch(message.because(key + " is set")))
			.orElseGet(() -> ConditionOutcome.match(message.because("no key names one")));
	}

}
