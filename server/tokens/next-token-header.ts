/** Where an answer has the token that follows the one it was asked with. */
export const NEXT_TOKEN_HEADER = 'X_Reauthorization';
