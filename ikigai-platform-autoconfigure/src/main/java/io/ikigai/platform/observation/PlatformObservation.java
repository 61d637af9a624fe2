package io.ikigai.platform.observation;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.docs.ObservationDocumentation;

/**
 * The observations of the platform, with their names and keys. A bean of type
 * {@code GlobalObservationConvention} for {@link SendContext} or {@link ProcessContext}
 * changes them.
 */
public enum PlatformObservation implements ObservationDocumentation {

	/** A task is enqueued, a message sent or published: {@code ikigai.send}. */
	SEND {

		@Override
		public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
			return SendConvention.class;
		}

		@Override
		public KeyName[] getLowCardinalityKeyNames() {
			return new KeyName[] { Key.KIND, Key.DESTINATION };
		}

	},

	/** A listener's handler runs: {@code ikigai.process}. */
	PROCESS {

		@Override
		public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
			return ProcessConvention.class;
		}

		@Override
		public KeyName[] getLowCardinalityKeyNames() {
			return new KeyName[] { Key.KIND, Key.DESTINATION, Key.LISTENER };
		}

		@Override
		public KeyName[] getHighCardinalityKeyNames() {
			return new KeyName[] { Key.ID, Key.ATTEMPT };
		}

	};

	/**
	 * The keys.
	 */
	public enum Key implements KeyName {

		/** {@code queue}, {@code mailbox} or {@code topic}. */
		KIND("kind"),

		/**
		 * The name of the queue, the mailbox or the topic; {@code ikigai-reply} for all
		 * mailboxes for replies, and {@link TagNames#OTHER} for all after the first 500.
		 */
		DESTINATION("destination"),

		/** The listener's id. */
		LISTENER("listener"),

		/** The id of the task or the message; not of a batch. */
		ID("id"),

		/** The attempt, from 1; not of a batch and not of what is published. */
		ATTEMPT("attempt");

		private final String word;

		Key(String word) {
			this.word = word;
		}

		@Override
		public String asString() {
			return this.word;
		}

	}

}
