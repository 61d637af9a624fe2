package io.ikigai.platform.autoconfigure;

import io.ikigai.platform.postgres.SchemaMissingException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Shows a {@link SchemaMissingException}.
 */
class SchemaMissingFailureAnalyzer extends AbstractFailureAnalyzer<SchemaMissingException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, SchemaMissingException cause) {
		return new FailureAnalysis(cause.getMessage() + ".", "Have " + SchemaMissingException.SQL_FILES
				+ ", which the jar ikigai-platform-autoconfigure holds, run in order in "
				+ "that schema by a role that may create tables, and set ikigai.schema.migrate = false; or grant "
				+ "this role CREATE on the schema and set ikigai.schema.migrate = true.", cause);
	}

}
