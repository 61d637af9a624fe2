package io.ikigai.platform.conf;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Tells the person who starts the application what is wrong with {@code ikigai.conf},
 * without a stack trace.
 */
class IkigaiConfFailureAnalyzer extends AbstractFailureAnalyzer<IkigaiConfException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, IkigaiConfException cause) {
		return new FailureAnalysis(cause.getDescription(), cause.getAction(), cause);
	}

}
