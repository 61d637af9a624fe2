package io.ikigai.platform.autoconfigure;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/**
 * Matches when {@code ikigai.postgres.url} names a database. Set to nothing, as an
 * environment variable or a test may do, it names none.
 */
class OnPostgresUrlCondition extends SpringBootCondition {

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConditionMessage.Builder message = ConditionMessage.forCondition("ikigai.postgres.url");
		return StringUtils.hasText(context.getEnvironment().getProperty("ikigai.postgres.url"))
				? ConditionOutcome.match(message.because("it is set"))
				: ConditionOutcome.noMatch(message.because("it is not set"));
	}

}
