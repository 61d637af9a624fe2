package io.ikigai.platform.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Shows a {@link PlatformConfigurationException}.
 */
class PlatformConfigurationFailureAnalyzer extends AbstractFailureAnalyzer<PlatformConfigurationException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, PlatformConfigurationException cause) {
		return new FailureAnalysis(cause.getMessage(), cause.action(), cause);
	}

}
