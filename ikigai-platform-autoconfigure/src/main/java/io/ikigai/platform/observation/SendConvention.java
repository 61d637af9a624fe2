package io.ikigai.platform.observation;

import io.ikigai.platform.observation.PlatformObservation.Key;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation.Context;
import io.micrometer.observation.ObservationConvention;

/**
 * The name and the keys of what is sent.
 */
public class SendConvention implements ObservationConvention<SendContext> {

	@Override
	public boolean supportsContext(Context context) {
		return context instanceof SendContext;
	}

	@Override
	public String getName() {
		return "ikigai.send";
	}

	@Override
	public String getContextualName(SendContext context) {
		return "send " + context.destination();
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(SendContext context) {
		return KeyValues.of(Key.KIND.withValue(context.kind()), Key.DESTINATION.withValue(context.tag()));
	}

}
