package io.ikigai.platform.autoconfigure;

import io.ikigai.platform.postgres.SchemaNewerException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Shows a {@link SchemaNewerException}.
 */
class SchemaNewerFailureAnalyzer extends AbstractFailureAnalyzer<SchemaNewerException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, SchemaNewerException cause) {
		return new FailureAnalysis(cause.getMessage() + ".",
				"Deploy this application with the version of ikigai-platform-spring-boot-starter that made the tables, "
						+ "or a later one; or give it tables of its own by another ikigai.postgres.schema. The way back "
						+ "to this version is a backup from before the upgrade.",
				cause);
	}

}
