package io.ikigai.platform.autoconfigure;

import java.util.Arrays;
import java.util.List;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * The condition of {@link ConditionalOnBackend}.
 */
final class OnBackendCondition extends SpringBootCondition {

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		MergedAnnotation<ConditionalOnBackend> annotation = metadata.getAnnotations().get(ConditionalOnBackend.class);
		String backend = annotation.getString("value");
		List<String> services = Arrays.stream(annotation.getStringArray("services"))
			.filter((service) -> backend
				.equalsIgnoreCase(context.getEnvironment().getProperty("ikigai.services." + service, "").trim()))
			.toList();
		ConditionMessage.Builder message = ConditionMessage.forCondition(ConditionalOnBackend.class);
		return services.isEmpty() ? ConditionOutcome.noMatch(message.because("no service is on " + backend))
				: ConditionOutcome.match(message.found("service", "services").items(services));
	}

}
