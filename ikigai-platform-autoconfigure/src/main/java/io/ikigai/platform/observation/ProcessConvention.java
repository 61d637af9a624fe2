package io.ikigai.platform.observation;

import io.ikigai.platform.observation.PlatformObservation.Key;
import io.ikigai.platform.observation.ProcessContext.Processing;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation.Context;
import io.micrometer.observation.ObservationConvention;

/**
 * The name and the keys of what a handler processes.
 */
public class ProcessConvention implements ObservationConvention<ProcessContext> {

	@Override
	public boolean supportsContext(Context context) {
		return context instanceof ProcessContext;
	}

	@Override
	public String getName() {
		return "ikigai.process";
	}

	@Override
	public String getContextualName(ProcessContext context) {
		return "process " + context.processing().destination();
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(ProcessContext context) {
		Processing processing = context.processing();
		return KeyValues.of(Key.KIND.withValue(processing.kind()),
				Key.DESTINATION.withValue(processing.destinationTag()),
				Key.LISTENER.withValue(processing.listenerTag()));
	}

	@Override
	public KeyValues getHighCardinalityKeyValues(ProcessContext context) {
		KeyValues values = KeyValues.empty();
		String id = context.id();
		if (id != null) {
			values = values.and(Key.ID.withValue(id));
		}
		if (context.attempt() > 0) {
			values = values.and(Key.ATTEMPT.withValue(String.valueOf(context.attempt())));
		}
		return values;
	}

}
